/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects of the json and ndjson formats (contract.md, JSON; schema.json), built from the model's.
 */
#ifndef SOCKLIFE_TIMELINE_H
#define SOCKLIFE_TIMELINE_H

#include "json.h"
#include "model.h"

#define TIMELINE_FORMAT "socklife-timeline"
#define TIMELINE_VERSION 1

/* Each fills an empty object, or one that has a kind. */
void timeline_head(cJSON *object, const struct trace *trace); /* format, version, tool */
void timeline_trace(cJSON *object, const struct trace *trace);
void timeline_process(cJSON *object, const struct process *process);
void timeline_socket(cJSON *object, const struct life *life);
void timeline_event(cJSON *object, const struct event *event);
void timeline_fd(cJSON *object, const char *key, int fd, bool direct);
void timeline_address(cJSON *object, const char *key, const struct address *a); /* null where there is none */

#endif
