# SPDX-License-Identifier: GPL-2.0-only
# socklife: `make help` says what there is. V=1 shows the commands.

BUILD ?= build
PREFIX ?= /usr/local
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
CLANG ?= clang
BPFTOOL ?= $(firstword $(shell PATH="$$PATH:/usr/sbin:/sbin" command -v bpftool) bpftool)
NODE ?= node
ARCH := $(shell uname -m)

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wshadow
USER_FLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) -I$(BUILD)/gen
LIBS := -lbpf -lelf -lz -lcjson
BPF_ARCH := $(patsubst x86_64,x86,$(patsubst aarch64,arm64,$(patsubst s390x,s390,$(ARCH))))
BPF_FLAGS := -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -I/usr/include/$(ARCH)-linux-gnu $(WARN) -Wno-unused-parameter

USER_SRC := $(wildcard user/*.c)
BPF_SRC := bpf/socklife.bpf.c
UNIT_SRC := $(wildcard tests/unit/test_*.c)
TOOL_SRC := $(filter-out %.bpf.c,$(wildcard tests/check/*.c tests/live/*.c tests/bench/*.c tests/demo/*.c tests/uring/*.c))
SCENARIO_SRC := $(wildcard tests/scenarios/*.c)
SCENARIOS := $(sort $(shell tests/scenarios/rows | cut -f 4))
DOOR_SRC := $(wildcard tests/doors/*.c)
# 32-bit programs, where the compiler makes them.
M32 := $(shell echo 'int main(void) { return 0; }' | $(CC) -m32 -static -xc - -o /dev/null 2>/dev/null && echo yes)
DOORS := $(shell tests/doors/names)
DOORS += $(patsubst %,%.32,$(filter both-%,$(DOORS)))
TOOLS32 := $(if $(M32),$(SCENARIOS:%=$(BUILD)/tests/scenarios32/%) $(DOORS:%=$(BUILD)/tests/doors/%))
SCRIPTS = $(shell grep -lE '^.!/bin/(ba)?sh' tools/* .ci/run tests/* tests/*/* 2>/dev/null)
C_FILES := $(wildcard bpf/*.[ch] user/*.[ch] tests/*/*.[ch])

SKEL := $(BUILD)/gen/socklife.skel.h $(BUILD)/gen/socklife-probe.skel.h $(BUILD)/gen/socklife-threads.skel.h
EMBEDDED := $(BUILD)/gen/schema_json.c $(BUILD)/gen/page_html.c
VERSION := $(shell sed -n 's/.*SOCKLIFE_VERSION "\(.*\)"/\1/p' user/version.h)
# A release tarball has the page built already.
PAGE := $(or $(wildcard web/page.html),$(BUILD)/web/page.html)
MODULES := web/node_modules/.package-lock.json
LIB := $(BUILD)/libsocklife.a
LIB_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out user/main.c,$(USER_SRC))) $(EMBEDDED:.c=.o)
BPF_OBJ := $(BUILD)/bpf/socklife.bpf.o $(BUILD)/bpf/socklife-probe.bpf.o $(BUILD)/bpf/socklife-threads.bpf.o
UNIT := $(UNIT_SRC:%.c=$(BUILD)/%)
TOOLS := $(TOOL_SRC:%.c=$(BUILD)/%) $(SCENARIOS:%=$(BUILD)/tests/scenarios/%) $(TOOLS32)
STORY := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/demo/*.c))
CHECK := $(UNIT) $(wildcard tests/check/*.t)
LIVE := $(wildcard tests/live/*.t)
VM := $(wildcard tests/vm/*.t)
KERNELS := 5.10 6.1 6.12 sid

# Not: snprintf as such, and false alarms on va_list and on uthash's macros. No function above 60 lines.
TIDY := {Checks: "-*,clang-analyzer-*,readability-function-size,misc-redundant-expression,\
	-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-clang-analyzer-valist.Uninitialized,\
	-clang-analyzer-unix.Malloc", \
	CheckOptions: [{key: readability-function-size.LineThreshold, value: 60}]}

Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-8s %s\n' $(1) $(2))
export BUILD NODE

.DELETE_ON_ERROR:
.PHONY: all rules tests test test-all test-vm vm check live scenarios asan fuzz fmt lint golden bench bench-web story demo page dist install uninstall clean help
.SECONDARY:

all: rules $(BUILD)/socklife ## build build/socklife (the default)

rules: # a rule of the sockets API without a scenario fails the build
	$(Q)tools/check-rules

tests: all $(UNIT) $(TOOLS) ## build all that the tests run

test: tests ## all tests: check, and what needs root (skipped without)
	$(Q)tools/tap $(CHECK) $(LIVE) $(VM)

test-all: tests ## all tests, the long ones for as long as they are meant to be (hours), on each kernel
	$(Q)LONG=1 KERNELS='$(KERNELS)' tools/tap $(CHECK) $(LIVE) $(VM)

test-vm: tests ## each scenario on each kernel, in VMs
	$(Q)KERNELS='$(KERNELS)' tools/tap $(VM)

check: tests ## the tests that need no root
	$(Q)tools/tap $(CHECK)

live: tests ## the tests that need root
	$(Q)tools/tap $(LIVE)

scenarios: tests ## each rule of the sockets API, its scenarios, and how they are (recorded as root, else from captures)
	$(Q)tests/scenarios/results

vm: all ## fetch the kernels that tools/vm boots, and a QEMU if there is none
	$(Q)tools/vm fetch $(KERNELS)

asan: ## check under the address and undefined behaviour sanitizers, in build/asan
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/asan check \
		CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'

FUZZ_SRC := tests/fuzz/fuzz_capture.c $(filter-out user/main.c,$(USER_SRC)) $(EMBEDDED)
SECONDS ?= 60

fuzz: $(BUILD)/fuzz/capture ## fuzz what reads captures, for SECONDS=60
	$(Q)mkdir -p $(BUILD)/fuzz/corpus
	$(Q)$< -max_total_time=$(SECONDS) -timeout=10 -close_fd_mask=3 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/fuzz/ $(BUILD)/fuzz/corpus tests/captures

$(BUILD)/fuzz/capture: $(FUZZ_SRC) $(wildcard user/*.h bpf/*.h) $(BUILD)/flags | $(SKEL)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(USER_FLAGS) -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		$(FUZZ_SRC) $(LIBS) -o $@

fmt: ## format all C
	$(Q)clang-format -i $(C_FILES)

lint: $(SKEL) $(MODULES) ## check format, borders, scripts, and what static analysis finds
	$(Q)clang-format --dry-run -Werror $(C_FILES)
	$(Q)tools/check-layers
	$(Q)shellcheck $(SCRIPTS)
	$(Q)$(NODE) web/node_modules/typescript/bin/tsc -p web
	$(Q)clang-tidy --quiet --warnings-as-errors='*' --config='$(TIDY)' $(USER_SRC) -- -isystem $(BUILD)/gen $(USER_FLAGS)

golden: tests ## make the golden files anew; review them as a diff
	$(Q)tests/golden-update

bench: tests $(BUILD)/tests/bench/floor.bpf.o ## measure (root); FULL=1 for longer
	$(Q)tests/bench/run

bench-web: tests ## measure the page in chromium
	$(Q)tests/bench/web

story: all $(STORY)

demo: story ## record two stories and make their page (root)
	$(Q)tools/demo

page: $(PAGE) ## build the page without data

dist: $(PAGE) ## a release tarball, with the page built
	$(call say,DIST,$(BUILD)/socklife-$(VERSION).tar.gz)
	$(Q)git diff --quiet HEAD || { echo "not all is committed: the tarball would be of two minds" >&2; false; }
	$(Q)git archive -o $(BUILD)/socklife-$(VERSION).tar.gz --prefix=socklife-$(VERSION)/web/ --add-file=$(PAGE) \
		--prefix=socklife-$(VERSION)/ HEAD

install: all ## install below DESTDIR and PREFIX (/usr/local)
	$(Q)install -D -m 755 $(BUILD)/socklife $(DESTDIR)$(PREFIX)/bin/socklife

uninstall: ## remove what install put there
	$(Q)rm -f $(DESTDIR)$(PREFIX)/bin/socklife

clean: ## remove all that was built
	$(Q)rm -rf $(BUILD) compile_commands.json

help: ## this
	@sed -n 's/^\([a-z_.-]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

# A change of flags is a change of everything.
FLAGS := $(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS) $(USER_FLAGS) $(BPF_FLAGS)
ifneq ($(FLAGS),$(file <$(BUILD)/flags))
$(shell mkdir -p $(BUILD))
$(file >$(BUILD)/flags,$(FLAGS))
endif

# The BPF programs as three objects, for kernels with bpf_rdonly_cast(), without, and without task storage; and the skeletons that
# carry them.
$(BUILD)/%.bpf.o: %.bpf.c $(BUILD)/flags
	$(call say,BPF,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_FLAGS) -MMD -MP -c $< -o $@

$(BUILD)/bpf/socklife-probe.bpf.o: bpf/socklife.bpf.c $(BUILD)/flags
	$(call say,BPF,'$< (probe reads)')
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_FLAGS) -DPROBE_READS -MMD -MP -c $< -o $@

$(BUILD)/bpf/socklife-threads.bpf.o: bpf/socklife.bpf.c $(BUILD)/flags
	$(call say,BPF,'$< (no task storage)')
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_FLAGS) -DPROBE_READS -DTASKS_BY_ID -MMD -MP -c $< -o $@

$(BUILD)/gen/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(BPFTOOL) gen object $(@:.skel.h=.o) $< # without DWARF
	$(Q)$(BPFTOOL) gen skeleton $(@:.skel.h=.o) name $(subst -,_,$*)_bpf > $@

# Files that the program carries: what it prints as the schema, and the page that it puts data into.
$(BUILD)/gen/schema_json.c: user/schema.json
$(BUILD)/gen/page_html.c: $(PAGE)
$(EMBEDDED):
	$(call say,EMBED,$<)
	$(Q)mkdir -p $(@D)
	$(Q){ printf 'extern const char $(basename $(@F))[];\nextern const unsigned int $(basename $(@F))_len;\n'; \
		printf 'const char $(basename $(@F))[] = {\n'; od -An -v -tx1 $< | sed 's/ \(..\)/ 0x\1,/g'; printf '0 };\n'; \
		printf 'const unsigned int $(basename $(@F))_len = sizeof($(basename $(@F))) - 1;\n'; } > $@

$(BUILD)/web/page.html: web/build.mjs $(wildcard web/src/*) $(MODULES)
	$(call say,PAGE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(NODE) web/build.mjs $@

$(MODULES): web/package-lock.json
	@echo "web/node_modules is missing or older than web/package-lock.json: run tools/setup all, or npm ci in web/" >&2
	@false

COMPILE = $(CC) $(USER_FLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP

$(BUILD)/user/%.o: user/%.c $(BUILD)/flags | $(SKEL)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -c $< -o $@

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)$(COMPILE) -c $< -o $@

$(LIB): $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/socklife: $(BUILD)/user/main.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@

# A test is one file, linked with what it uses.
$(BUILD)/tests/unit/%: tests/unit/%.c $(LIB) $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -MF $@.d -MT $@ -Iuser $(LDFLAGS) $< $(LIB) $(LIBS) -lcmocka -o $@

define COMPILE_TOOL
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) $(DOMAIN:%=-DFAMILY=%) -MF $@.d -MT $@ $(LDFLAGS) $< -pthread $(TOOL_LIBS) -o $@
endef

$(BUILD)/tests/%: tests/%.c $(BUILD)/flags
	$(COMPILE_TOOL)

# A scenario for a family: tests/scenarios/RULES. In scenarios32 as a 32-bit program.
define SCENARIO
$(BUILD)/tests/$(1)%: tests/scenarios/%.c $(BUILD)/flags
	$$(COMPILE_TOOL)
endef
SCENARIO_DIRS := scenarios/ scenarios32/
$(foreach family,tcp udp inet tcp6 udp6 inet6 unix,$(foreach dir,$(SCENARIO_DIRS),$(eval $(call SCENARIO,$(dir)$(family)-))))
$(eval $(call SCENARIO,scenarios32/))

DOMAIN :=
$(foreach family,tcp6 udp6 inet6,$(SCENARIO_DIRS:%=$(BUILD)/tests/%$(family)-%)): DOMAIN := AF_INET6
$(SCENARIO_DIRS:%=$(BUILD)/tests/%unix-%): DOMAIN := AF_UNIX
$(BUILD)/tests/scenarios32/%: override CFLAGS := -O0 -s -m32 -include tests/scenarios/compat32.h

# The ways into the kernel by hand: tests/doors/names.
$(BUILD)/tests/doors/%.32: tests/doors/%.c $(BUILD)/flags
	$(COMPILE_TOOL)
$(BUILD)/tests/doors/vsyscall-%: tests/doors/direct-%.c $(BUILD)/flags
	$(COMPILE_TOOL)
$(BUILD)/tests/doors/%: override CFLAGS := -O0 -s -static -m32
$(BUILD)/tests/doors/vsyscall-%: override CFLAGS := -O0 -s -static -m32 -DVSYSCALL
$(BUILD)/tests/doors/native-% $(BUILD)/tests/doors/both-%: override CFLAGS := -O0 -s -static
$(BUILD)/tests/doors/both-%.32: override CFLAGS := -O0 -s -static -m32

$(BUILD)/tests/bench/floor: TOOL_LIBS := -lbpf
$(BUILD)/tests/uring/%: TOOL_LIBS := -luring

# For editors: every C file with its command.
compile_commands.json: Makefile $(USER_SRC) $(BPF_SRC) $(UNIT_SRC) $(TOOL_SRC) $(SCENARIO_SRC) $(DOOR_SRC) ## for clangd
	$(Q){ sep='['; for f in $(BPF_SRC) $(USER_SRC) $(UNIT_SRC) $(TOOL_SRC) $(SCENARIO_SRC) $(DOOR_SRC); do \
		case $$f in bpf/*) c='$(CLANG) $(BPF_FLAGS)';; tests/doors/[ds]*) c='$(CC) $(USER_FLAGS) -m32';; *) c='$(CC) $(USER_FLAGS) $(CFLAGS) -Iuser';; esac; \
		printf '%s\n{ "directory": "%s", "file": "%s", "command": "%s -c %s" }' "$$sep" '$(CURDIR)' $$f "$$c" $$f; \
		sep=,; done; printf '\n]\n'; } > $@

-include $(BPF_OBJ:.o=.d) $(LIB_OBJ:.o=.d) $(BUILD)/user/main.d $(UNIT:=.d) $(TOOLS:=.d)
