/* SPDX-License-Identifier: MIT */
/* The shell command of a trace, as far as traces use the shell. */
#include "command.h"

#include <stdio.h>
#include <string.h>

struct shell {
	const struct kt_trace *t;
	const char *s;
	char word[256];
	char out[256];		/* what echo prints */
	char path[256];		/* where to */
	char verb[32];
	unsigned words;
	bool to_path, no_newline;
	bool discard;		/* the path is not where echo writes to */
};

static _Noreturn void bad(const struct shell *sh, const char *what)
{
	kt_die(sh->t->path, 0, "the command is not understood at \"%s\": %s",
	       sh->s, what);
}

/* The next word, quotes removed; false where an operator or the end is. */
static bool next_word(struct shell *sh)
{
	size_t n = 0;
	char quote = 0;
	bool any = false;

	sh->s += strspn(sh->s, " \t");
	for (; *sh->s; sh->s++) {
		if (quote && *sh->s == quote) {
			quote = 0;
		} else if (!quote && (*sh->s == '\'' || *sh->s == '"')) {
			quote = *sh->s;
			any = true;
		} else if (!quote && strchr(" \t;&()>|", *sh->s)) {
			break;
		} else if (n + 1 < sizeof(sh->word)) {
			sh->word[n++] = *sh->s;
		}
	}
	if (quote)
		bad(sh, "expected a closing quote");
	sh->word[n] = '\0';
	return any || n;
}

static void take_word(struct shell *sh)
{
	size_t n = strlen(sh->out);

	if (sh->to_path) {
		if (!sh->discard)
			snprintf(sh->path, sizeof(sh->path), "%s", sh->word);
		sh->to_path = sh->discard = false;
	} else if (!strcmp(sh->word, "2") && *sh->s == '>') {
		sh->discard = true;
	} else if (!sh->words++) {
		snprintf(sh->verb, sizeof(sh->verb), "%.31s", sh->word);
	} else if (sh->words == 2 && !strcmp(sh->word, "-n")) {
		sh->no_newline = true;
		sh->words--;
	} else {
		snprintf(sh->out + n, sizeof(sh->out) - n, "%s%s",
			 n ? " " : "", sh->word);
	}
}

static void sysfs_path(struct shell *sh, struct kt_write *w)
{
	static const char devices[] = "/sys/bus/pci/devices/";
	char bdf[24], file[32];

	if (!strcmp(sh->path, "/sys/bus/pci/rescan")) {
		w->file = KT_RESCAN;
		return;
	}
	if (strncmp(sh->path, devices, sizeof(devices) - 1) ||
	    sscanf(sh->path + sizeof(devices) - 1, "%23[^/]/%31s", bdf,
		   file) != 2 || rsim_bdf_parse(bdf, &w->bdf))
		bad(sh, "expected /sys/bus/pci/devices/BDF/FILE");
	if (!strcmp(file, "reset"))
		w->file = KT_RESET;
	else if (!strcmp(file, "reset_method"))
		w->file = KT_RESET_METHOD;
	else if (!strcmp(file, "remove"))
		w->file = KT_REMOVE;
	else
		bad(sh, "expected reset, reset_method, remove or rescan");
}

/* One simple command is complete. */
static void end_command(struct shell *sh, struct kt_command *c)
{
	static const char *const no_effect[] = {
		/* When the device goes and comes is seen in its reads. */
		"gone", "back", "sleep",
		"wait", "exit", "true", ":",
	};
	struct kt_write *w = &c->writes[c->count];
	bool known = !*sh->verb || !strncmp(sh->verb, "R=", 2);
	unsigned i;

	for (i = 0; i < sizeof(no_effect) / sizeof(no_effect[0]); i++)
		known |= !strcmp(sh->verb, no_effect[i]);
	if (!strcmp(sh->verb, "echo")) {
		if (!*sh->path)
			bad(sh, "expected a file that echo writes to");
		if (c->count == KT_WRITES)
			bad(sh, "too many writes");
		sysfs_path(sh, w);
		snprintf(w->text, sizeof(w->text), "%s%s", sh->out,
			 sh->no_newline ? "" : "\n");
		c->count++;
	} else if (!known) {
		bad(sh, "expected echo, gone, back, sleep, wait or exit");
	}
	*sh->verb = *sh->out = *sh->path = '\0';
	sh->words = 0;
	sh->no_newline = false;
}

void kt_command(const struct kt_trace *t, struct kt_command *c)
{
	struct shell sh = { .t = t, .s = t->command };
	unsigned i;

	*c = (struct kt_command){ .count = 0 };
	for (;;) {
		if (next_word(&sh)) {
			take_word(&sh);
			continue;
		}
		if (*sh.s == '>') {
			sh.to_path = true;
			sh.s += strspn(sh.s, ">&");
			continue;
		}
		if (sh.to_path)
			bad(&sh, "expected a file after '>'");
		end_command(&sh, c);
		if (!*sh.s)
			break;
		sh.s++;
	}
	for (i = 0; i < c->count; i++)
		if (c->writes[i].file != KT_RESCAN) {
			c->target = c->writes[i].bdf;
			return;
		}
	bad(&sh, "expected a write to a file of a function");
}
