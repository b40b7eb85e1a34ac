// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define CONTAINER_DIGITS 12 /* `docker ps` shows so many */
#define WALK_FDS 16

struct mount {
	char dir[PATH_MAX];
	dev_t dev;
	uint32_t hierarchy;
	bool v2;
};

struct mounts {
	struct mount *items;
	size_t count;
};

static bool has_word(const char *list, const char *word, size_t len)
{
	for (; *list; list += strcspn(list, ","), list += *list == ',')
		if (strcspn(list, ",") == len && !strncmp(list, word, len))
			return true;
	return false;
}

/* /proc/self/cgroup is "ID:CONTROLLER,...:PATH"; a controller, or name=NAME, is of one hierarchy, and an option of its mounts. */
static bool hierarchy_of(const char *options, const char *file, uint32_t *id)
{
	FILE *f = fopen(file, "re");
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	while (f && !found && getline(&line, &size, f) > 0) {
		const char *first = strchr(line, ':');
		size_t len = first ? strcspn(++first, ",:") : 0;

		found = len && has_word(options, first, len);
		*id = strtoul(line, NULL, 10);
	}
	if (f)
		fclose(f);
	free(line);
	return found;
}

/* proc(5): a blank, a tab, a newline and a backslash stand as \040 and so on. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text == '\\' && text[1] && text[2] && text[3]) {
			*to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = 0;
}

/* proc(5): ID PARENT MAJOR:MINOR ROOT DIR OPTIONS [TAG...] - TYPE SOURCE SUPER_OPTIONS. false: no cgroup's. */
static bool mount_parse(struct mount *m, char *line, const char *hierarchies)
{
	char *rest = strstr(line, " - "), type[32], options[512];
	unsigned int major, minor;

	if (!rest || sscanf(rest, " - %31s %*s %511s", type, options) != 2 || strncmp(type, "cgroup", 6))
		return false;
	if (sscanf(line, "%*u %*u %u:%u %*s %4095s", &major, &minor, m->dir) != 3)
		return false;
	unescape(m->dir);
	m->dev = makedev(major, minor);
	m->v2 = !strcmp(type, "cgroup2");
	m->hierarchy = 0;
	return m->v2 || hierarchy_of(options, hierarchies, &m->hierarchy);
}

static int mounts_read(struct mounts *mounts, const char *path, const char *hierarchies)
{
	FILE *f = fopen(path, "re");
	int err = f ? 0 : -errno;
	struct mount m, *items;
	char *line = NULL;
	size_t size = 0;

	while (!err && getline(&line, &size, f) > 0) {
		if (!mount_parse(&m, line, hierarchies))
			continue;
		items = reallocarray(mounts->items, mounts->count + 1, sizeof(*items));
		if (items) {
			mounts->items = items;
			items[mounts->count++] = m;
		} else {
			err = -ENOMEM;
		}
	}
	if (f)
		fclose(f);
	free(line);
	return err;
}

static int list_add(struct cgroup_list *list, uint64_t id, uint32_t hierarchy)
{
	struct cgroup_id *items = reallocarray(list->items, list->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->count++] = (struct cgroup_id){ .id = id, .hierarchy = hierarchy };
	return 0;
}

/* 0: it is a cgroup's directory, and added. */
static int path_add(struct cgroup_list *list, const struct mounts *mounts, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	for (size_t i = 0; i < mounts->count && S_ISDIR(st.st_mode); i++)
		if (mounts->items[i].dev == st.st_dev)
			return list_add(list, st.st_ino, mounts->items[i].hierarchy);
	return -ENOENT;
}

static int path_find(struct cgroup_list *list, const struct mounts *mounts, const char *name)
{
	int err = *name == '/' ? path_add(list, mounts, name) : -ENOENT;
	char path[2 * PATH_MAX];

	for (size_t i = 0; err == -ENOENT && i < mounts->count; i++) {
		if (!mounts->items[i].v2)
			continue;
		snprintf(path, sizeof(path), "%s/%s", mounts->items[i].dir, name);
		err = path_add(list, mounts, path);
	}
	return err;
}

static struct { /* nftw() hands nothing on */
	const char *id;
	struct cgroup_list *list;
	const struct mount *mount;
	char first[NAME_MAX + 1]; /* the name of the first that was found */
	char all[CGROUP_TEXT / 2]; /* and of all others */
} walk;

/* ID, docker-ID.scope, libpod-ID.scope, cri-containerd-ID.scope; not a container's monitor (libpod-conmon-ID.scope). */
static int walk_look(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *name = path + at->base;
	size_t len = strlen(walk.all);

	if (type != FTW_D || !strstr(name, walk.id) || strstr(name, "conmon"))
		return 0;
	if (!*walk.first)
		snprintf(walk.first, sizeof(walk.first), "%s", name);
	else if (strcmp(walk.first, name))
		snprintf(walk.all + len, sizeof(walk.all) - len, " %s", name);
	return list_add(walk.list, st->st_ino, walk.mount->hierarchy);
}

static int container_find(struct cgroup_list *list, const struct mounts *mounts, const char *id, char *why)
{
	size_t before = list->count;
	int err = 0;

	memset(&walk, 0, sizeof(walk));
	walk.id = id;
	walk.list = list;
	for (size_t i = 0; !err && i < mounts->count; i++) {
		walk.mount = &mounts->items[i];
		err = nftw(walk.mount->dir, walk_look, WALK_FDS, FTW_PHYS | FTW_MOUNT);
		if (err == -1) /* a mount below another, or gone */
			err = 0;
	}
	if (!err && list->count == before) {
		snprintf(why, CGROUP_TEXT, "no container has a cgroup with '%s' in its name", id);
		return -EINVAL;
	}
	if (!err && *walk.all) {
		snprintf(why, CGROUP_TEXT, "several containers match '%s': %.200s%s", id, walk.first, walk.all);
		return -EINVAL;
	}
	return err;
}

static bool is_container(const char *name)
{
	size_t len = strlen(name);

	return len >= CONTAINER_DIGITS && strspn(name, "0123456789abcdef") == len;
}

static int find(struct cgroup_list *list, const struct mounts *mounts, const char *name, char *why)
{
	int err = *name ? path_find(list, mounts, name) : -ENOENT;

	if (err == -ENOENT && is_container(name))
		return container_find(list, mounts, name, why);
	if (err != -ENOENT && err != -ENOTDIR)
		return err;
	snprintf(why, CGROUP_TEXT, "no such cgroup: '%s'", name);
	return -EINVAL;
}

int cgroup_find_in(struct cgroup_list *list, const char *name, char *why, const char *file, const char *hierarchies)
{
	struct mounts mounts = { 0 };
	int err = mounts_read(&mounts, file, hierarchies);

	*why = 0;
	if (!err && mounts.count) {
		err = find(list, &mounts, name, why);
	} else if (!err) {
		err = -ENODEV;
		snprintf(why, CGROUP_TEXT, "no cgroups are mounted here");
	}
	if (err && !*why)
		snprintf(why, CGROUP_TEXT, "cgroup '%s': %s", name, strerror(-err));
	free(mounts.items);
	return err;
}

int cgroup_find(struct cgroup_list *list, const char *name, char *why)
{
	return cgroup_find_in(list, name, why, "/proc/self/mountinfo", "/proc/self/cgroup");
}
