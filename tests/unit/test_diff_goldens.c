/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff on the golden forms of the scenarios, and on changed ones of them; and its JSON.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <glob.h>

#include "diffed.h"

static glob_t goldens;
static char *texts[1024];

static char *file_text(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = calloc(1, 1 << 20);

	assert_non_null(in);
	assert_true(fread(text, 1, (1 << 20) - 1, in) > 0);
	fclose(in);
	return text;
}

static int read_all(void **state)
{
	(void)state;
	assert_int_equal(glob("tests/goldens/*.txt", 0, NULL, &goldens), 0);
	assert_int_equal(glob("tests/goldens/doors/*.txt", GLOB_APPEND, NULL, &goldens), 0);
	assert_int_equal(glob("tests/goldens/uring/*.txt", GLOB_APPEND, NULL, &goldens), 0);
	assert_in_range(goldens.gl_pathc, 400, sizeof(texts) / sizeof(*texts));
	for (size_t i = 0; i < goldens.gl_pathc; i++)
		texts[i] = file_text(goldens.gl_pathv[i]);
	return 0;
}

static int free_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < goldens.gl_pathc; i++)
		free(texts[i]);
	globfree(&goldens);
	return 0;
}

static void assert_same(size_t i, const char *other, bool strict, bool same)
{
	char *text = differences(texts[i], other, strict);

	if (!*text != same)
		fail_msg("%s: %s", goldens.gl_pathv[i], *text ? text : "alike");
	free(text);
}

static void each_is_like_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < goldens.gl_pathc; i++) {
		assert_same(i, texts[i], false, true);
		assert_same(i, texts[i], true, true);
	}
}

/* The text with the number behind each label raised. */
static char *renumbered(const char *text, const char *label, unsigned long by)
{
	char *made = calloc(1, 2 * strlen(text) + 1), *to = made, *end;

	while (*text) {
		if (strncmp(text, label, strlen(label)) || !isdigit((unsigned char)text[strlen(label)])) {
			*to++ = *text++;
			continue;
		}
		to += sprintf(to, "%s%lu", label, strtoul(text + strlen(label), &end, 10) + by);
		text = end;
	}
	return made;
}

static void what_the_kernel_chose_may_be_another(void **state)
{
	static const char *const labels[] = { ":P", "@AUTO", "/TMP" };

	(void)state;
	for (size_t i = 0; i < goldens.gl_pathc; i++)
		for (size_t k = 0; k < sizeof(labels) / sizeof(*labels); k++) {
			char *made = renumbered(texts[i], labels[k], 8);

			assert_same(i, made, false, true);
			assert_same(i, made, true, true);
			free(made);
		}
}

/* A close() of a socket less, or an error for the end of a call. */
static void each_change_is_seen(void **state)
{
	char *made, *line, *end;

	(void)state;
	for (size_t i = 0; i < goldens.gl_pathc; i++) {
		made = strdup(texts[i]);
		line = strstr(made, "\tclosed by ");
		if (line) {
			end = strchr(line, '\n');
			memmove(line, end + 1, strlen(end));
			assert_same(i, made, false, false);
		}
		free(made);
		made = strdup(texts[i]);
		line = strstr(made, "\tclose(");
		if (line) {
			memcpy(line, "\tclosf(", 7);
			assert_same(i, made, false, false);
		}
		free(made);
	}
}

static void any_two_can_be_compared(void **state)
{
	const size_t steps[] = { 1, 17, 101 };

	(void)state;
	for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++)
		for (size_t i = 0; i < goldens.gl_pathc; i++) {
			const char *other = texts[(i + steps[k]) % goldens.gl_pathc];

			assert_same(i, other, k & 1, !strcmp(texts[i], other));
		}
}

/* As many sockets as a long recording has, all alike but one, with each in another place. */
static char *crowd(size_t count, size_t from, size_t odd)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	fputs(HEAD "process p\n", out);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "\twrite(%zu, ..., 5) = 5 <p#%zu>\n", i % 1000, i + 1);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "socket p#%zu\n\t" TCP "\n\tpeer 10.0.0.%zu:80\n\tbytes sent %zu, received 0\n", i + 1,
			(i + from) % count % 250, (i + from) % count == odd ? (size_t)6 : (size_t)5);
	fclose(out);
	return text;
}

static void many_sockets_are_quick(void **state)
{
	char *a = crowd(20000, 0, 20000), *b = crowd(20000, 777, 10003);

	(void)state;
	assert_differs(a, b,
		       "@@ socket p#9004 (in B: p#9227): AF_INET SOCK_STREAM, 10.0.0.3:80 @@\n " TCP
		       "\n peer 10.0.0.3:80\n-bytes sent 5, received 0\n+bytes sent 6, received 0\n"
		       " calls by p\n write: 5 bytes\n"
		       "sockets: 1 differs, 19999 alike; processes: 1 alike\n");
	free(a);
	free(b);
}

static cJSON *json_of(const char *a, const char *b)
{
	struct diff_result r;
	struct diff d;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	cJSON *root;

	diff_of(&d, &r, a, b, false);
	assert_int_equal(diff_print_json(&d, &r, (const char *const[]){ "a\n", "b" }, out), 0);
	fclose(out);
	root = cJSON_Parse(text);
	assert_non_null(root);
	diff_result_free(&r);
	diff_free(&d);
	free(text);
	return root;
}

static void assert_json(const cJSON *root, const char *want)
{
	char *text = cJSON_PrintUnformatted(root);

	assert_string_equal(text, want);
	cJSON_free(text);
}

static void json_has_it_all(void **state)
{
	cJSON *root = json_of(HEAD "process p\n" SOCKET(1, TCP ", active", "\tpeer [::1]:P4\n\tnot closed\n"),
			      HEAD "process p\nprocess q\n" SOCKET(1, TCP ", active", "\tpeer [::1]:P5\n"));

	(void)state;
	assert_json(root, "{\"format\":\"socklife-diff\",\"version\":1,\"a\":\"a\\\\x0a\",\"b\":\"b\",\"strict\":false,"
			  "\"alike\":false,\"processes\":{\"alike\":1,\"changed\":0,\"only_a\":0,\"only_b\":1},"
			  "\"sockets\":{\"alike\":0,\"changed\":0,\"only_a\":1,\"only_b\":1},\"hunks\":["
			  "{\"kind\":\"socket\",\"change\":\"removed\",\"a\":\"p#1\",\"what\":{\"family\":\"AF_INET\","
			  "\"type\":\"SOCK_STREAM\",\"role\":\"active\",\"peer\":\"[::1]:P\"},\"lines\":["
			  "{\"op\":\"-\",\"text\":\"" TCP ", active\"},{\"op\":\"-\",\"text\":\"peer [::1]:P\"},"
			  "{\"op\":\"-\",\"text\":\"not closed\"}]},"
			  "{\"kind\":\"process\",\"change\":\"added\",\"b\":\"q\",\"lines\":[]},"
			  "{\"kind\":\"socket\",\"change\":\"added\",\"b\":\"p#1\",\"what\":{\"family\":\"AF_INET\","
			  "\"type\":\"SOCK_STREAM\",\"role\":\"active\",\"peer\":\"[::1]:P\"},\"lines\":["
			  "{\"op\":\"+\",\"text\":\"" TCP ", active\"},{\"op\":\"+\",\"text\":\"peer [::1]:P\"}]}]}");
	cJSON_Delete(root);
	root = json_of(texts[0], texts[0]);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(root, "alike")));
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "hunks")), 0);
	cJSON_Delete(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_like_itself),    cmocka_unit_test(what_the_kernel_chose_may_be_another),
		cmocka_unit_test(each_change_is_seen),    cmocka_unit_test(any_two_can_be_compared),
		cmocka_unit_test(many_sockets_are_quick), cmocka_unit_test(json_has_it_all),
	};

	return cmocka_run_group_tests(tests, read_all, free_all);
}
