// SPDX-License-Identifier: GPL-2.0-only
/* Asks uname(2), the network namespace and its interfaces, and the kernel's BTF. Knows no record. */
#include "machine.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "decode.h"
#include "kernel_facts.h"
#include "version.h"

static uint64_t own_netns(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

/* NULL where they are not to be had, or there is no memory. */
static char **interfaces_list(void)
{
	struct if_nameindex *all = if_nameindex();
	char **list;
	size_t n = 0;

	if (!all)
		return NULL;
	while (all[n].if_index)
		n++;
	list = calloc(n + 1, sizeof(*list));
	for (size_t i = 0; list && i < n; i++)
		if (asprintf(&list[i], "%u %s", all[i].if_index, all[i].if_name) < 0)
			list[i] = NULL;
	if_freenameindex(all);
	return list;
}

int machine_describe(struct capture_header *h)
{
	static struct utsname name;

	uname(&name);
	h->host = name.nodename;
	h->kernel = name.release;
	h->arch = name.machine;
	h->tool = "socklife " SOCKLIFE_VERSION;
	h->netns = own_netns();
	h->interfaces = interfaces_list();
	h->reset_reasons = kernel_reset_reasons();
	h->calls = calloc(CALLS + 1, sizeof(*h->calls));
	if (!h->calls)
		return -ENOMEM;
	for (int i = 0; i < CALLS; i++)
		h->calls[i] = (char *)call_rows[i].name;
	return 0;
}

static void list_free(char **list)
{
	for (char **item = list; item && *item; item++)
		free(*item);
	free(list);
}

void machine_free(struct capture_header *h)
{
	list_free(h->interfaces);
	list_free(h->reset_reasons);
	free(h->calls);
}
