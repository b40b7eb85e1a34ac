/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands, a file each; main.c has the table. argv[0] is the command's name. Each returns the exit status:
 * 0 done, 1 failed (and has said why), 2 usage.
 */
#ifndef SOCKLIFE_COMMANDS_H
#define SOCKLIFE_COMMANDS_H

int cmd_record(int argc, char **argv);
int cmd_export(int argc, char **argv); /* show, report and normalize too: rows in export.c */
int cmd_diff(int argc, char **argv); /* 0 alike, 1 different, 2 trouble */
int cmd_doctor(int argc, char **argv);
int cmd_syscalls(int argc, char **argv);
int cmd_schema(int argc, char **argv);

#endif
