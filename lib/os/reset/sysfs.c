/* SPDX-License-Identifier: MIT */
/*
 * Models: the sysfs files reset_method and reset.
 * Runtime power management always succeeds here.
 */
#include "base/assert.h"
#include "os/reset/reset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* sysfs_streq(): @n bytes at @s; one newline at the end does not count. */
static bool same(const char *s, size_t n, const char *word)
{
	if (n && s[n - 1] == '\n')
		n--;
	return strlen(word) == n && !memcmp(s, word, n);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static unsigned lookup(const char *s, size_t n)
{
	unsigned m;

	for (m = 1; m < RSIM_METHODS; m++)
		if (same(s, n, rsim_method_name(m)))
			return m;
	return 0;
}

/* The active reference of a file in use: there before anybody may switch. */
static void enter(struct rsim_dev *dev)
{
	if (!dev->sysfs_users++)
		dev->sysfs.owner = engine_task_id(dev_engine(dev)) + 1;
}

static void leave(struct rsim_dev *dev)
{
	if (--dev->sysfs_users)
		return;
	dev->sysfs.owner = 0;
	mutex_wake(dev_engine(dev), &dev->sysfs);
}

static int bad(struct rsim_dev *dev, const char *why)
{
	trace_log(dev_engine(dev), dev->fn.id, why, 0);
	return -EINVAL;
}

/* One word of the list; 0, or -EINVAL said why. */
static int add_word(struct rsim_dev *dev, const char *s, size_t n,
		    uint8_t *list, unsigned *count)
{
	unsigned m;

	if (same(s, n, ""))
		return 0;
	while (n && is_space(*s)) {
		s++;
		n--;
	}
	while (n && is_space(s[n - 1]))
		n--;
	m = lookup(s, n);
	if (!m)
		return bad(dev, "invalid reset method");
	if (os_call_method(dev, m, true))
		return bad(dev, "unsupported reset method");
	if (*count == RSIM_METHODS - 1)
		return bad(dev, "too many reset methods");
	list[(*count)++] = (uint8_t)m;
	return 0;
}

static int store_list(struct rsim_dev *dev, const char *text)
{
	uint8_t list[RSIM_METHODS] = { 0 };
	unsigned count = 0;
	const char *s = text;

	for (;;) {
		size_t n = strcspn(s, " ");
		int ret = add_word(dev, s, n, list, &count);

		if (ret)
			return ret;
		if (!s[n])
			break;
		s += n + 1;
	}
	if (!os_call_method(dev, RSIM_METHOD_DEVICE_SPECIFIC, true) &&
	    list[0] != RSIM_METHOD_DEVICE_SPECIFIC)
		trace_log(dev_engine(dev), dev->fn.id,
			  "device-specific reset disabled or put last", 0);
	memcpy(dev->methods, list, sizeof(list));
	return 0;
}

static int store(struct rsim_dev *dev, const char *text)
{
	size_t n = strlen(text);

	if (same(text, n, "")) {
		memset(dev->methods, 0, sizeof(dev->methods));
		trace_log(dev_engine(dev), dev->fn.id,
			  "all reset methods disabled", 0);
		return 0;
	}
	if (same(text, n, "default")) {
		pci_init_reset_methods(dev);
		return 0;
	}
	return store_list(dev, text);
}

long rsim_reset_method_store(struct rsim_dev *dev, const char *text)
{
	struct engine *e;
	int ret;

	MISUSE_IF(!dev, "rsim_reset_method_store", "dev is NULL");
	MISUSE_IF(!text, "rsim_reset_method_store", "text is NULL");
	e = dev_engine(dev);
	if (!dev->has_reset_files || dev->removing)
		return -ENOENT;
	if (os_own(dev))
		return -ENOMEM;
	enter(dev);
	trace_call(e, dev->fn.id, "reset_method_store");
	ret = trace_ret(e, dev->fn.id, "reset_method_store", store(dev, text));
	leave(dev);
	return ret ? ret : (long)strlen(text);
}

long rsim_reset_method_show(struct rsim_dev *dev, char *buf, size_t size)
{
	size_t len = 0;
	unsigned i;

	MISUSE_IF(!dev, "rsim_reset_method_show", "dev is NULL");
	MISUSE_IF(!buf || !size, "rsim_reset_method_show", "buf is empty");
	if (!dev->has_reset_files)
		return -ENOENT;
	for (i = 0; i < RSIM_METHODS && dev->methods[i]; i++) {
		const char *name = rsim_method_name(dev->methods[i]);
		size_t n = strlen(name);

		if (len + n + 2 > size)
			return -EINVAL;
		memcpy(buf + len, name, n);
		len += n;
		buf[len++] = ' ';
	}
	if (len)
		buf[len - 1] = '\n';
	buf[len] = '\0';
	digest_answer(dev_engine(dev), digest_string(0, buf));
	return (long)len;
}

long rsim_reset_store(struct rsim_dev *dev, const char *text)
{
	unsigned long val;
	char *end;
	int ret;

	MISUSE_IF(!dev, "rsim_reset_store", "dev is NULL");
	MISUSE_IF(!text, "rsim_reset_store", "text is NULL");
	if (!dev->has_reset_files || dev->removing)
		return -ENOENT;
	/* kstrtoul(): no white space, one newline at the end. */
	errno = 0;
	val = strtoul(text, &end, 0);
	if (errno || end == text || is_space(*text) || *text == '-' ||
	    !same(end, strlen(end), "") || val != 1)
		return -EINVAL;
	enter(dev);
	ret = rsim_reset_function(dev);
	leave(dev);
	return ret < 0 ? ret : (long)strlen(text);
}
