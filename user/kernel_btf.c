// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "kernel_btf.h"

/* Megabytes, so it is read but once. */
const struct btf *kernel_btf(void)
{
	static struct btf *btf;
	static bool asked;

	if (!asked)
		btf = btf__load_vmlinux_btf();
	asked = true;
	return btf;
}

/* A negative number: there is none. */
static int tracepoint_type(const char *name)
{
	char type[64];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return kernel_btf() ? btf__find_by_name_kind(kernel_btf(), type, BTF_KIND_TYPEDEF) : -ENOENT;
}

enum have kernel_has_tracepoint(const char *name)
{
	if (!kernel_btf())
		return HAVE_UNKNOWN;
	return tracepoint_type(name) < 0 ? HAVE_NO : HAVE_YES;
}

static const struct btf_type *pointed_at(uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(kernel_btf(), id);

	return type && btf_is_ptr(type) ? btf__type_by_id(kernel_btf(), type->type) : NULL;
}

bool kernel_has_function(const char *name)
{
	return kernel_btf() && btf__find_by_name_kind(kernel_btf(), name, BTF_KIND_FUNC) > 0;
}

/* Readers of a tracepoint hold an SRCU again, as until 6.12 those of its rare kind did, which then had a callback of their own. */
bool kernel_preempts_tracepoints(void)
{
	return kernel_btf() && btf__find_by_name_kind(kernel_btf(), "tracepoint_srcu_srcu_data", BTF_KIND_VAR) > 0 &&
	       !kernel_has_function("srcu_free_old_probes");
}

bool kernel_struct_has(const char *name, const char *member)
{
	int id = kernel_btf() ? btf__find_by_name_kind(kernel_btf(), name, BTF_KIND_STRUCT) : -ENOENT;
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(kernel_btf(), (uint32_t)id);

	for (int i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(kernel_btf(), btf_members(type)[i].name_off), member))
			return true;
	return false;
}

bool kernel_tracepoint_takes(const char *name, const char *wanted)
{
	int id = tracepoint_type(name);
	const struct btf_type *proto = id < 0 ? NULL : pointed_at(btf__type_by_id(kernel_btf(), (uint32_t)id)->type);
	const struct btf_type *type;

	for (unsigned int i = 0; proto && btf_is_func_proto(proto) && i < btf_vlen(proto); i++) {
		type = pointed_at(btf_params(proto)[i].type);
		if (type && btf_is_struct(type) && !strcmp(btf__name_by_offset(kernel_btf(), type->name_off), wanted))
			return true;
	}
	return false;
}
