/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SOCKLIFE_VERSION_H
#define SOCKLIFE_VERSION_H

#define SOCKLIFE_VERSION "0.1.0"

#endif
