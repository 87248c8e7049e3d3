/*
 * The attacher: gives a file to the kernel as a block device (a loop device), and takes it back. No capability, and no
 * device but the loop devices: the container it runs in has no other.
 *
 *     probe FILE                     may FILE become a loop device here?
 *     attach NUMBER FILE TAG ...     FILE, in /store, becomes the device with this number, marked with TAG. One that it is already is left.
 *     detach NUMBER TAG ...          gives the device up, if TAG is still its mark. One that is in use goes when its last user does.
 *
 * Stops at the first failure: says what it was and exits 1.
 *
 * Formats are the kernel's own: linux/loop.h.
 */
#include "kernel.h"

#include <linux/fcntl.h>
#include <linux/loop.h>

enum { MAX_PATH = 512, MAX_NUMBER = 1 << 20, PATIENCE_TRIES = 100, PATIENCE_NANOSECONDS = 20000000 };

static const char store[] = "/store/";
static const char devices[] = "/devices/";
static struct loop_info64 info;

static __attribute__((noreturn)) void fail(const char *what, const char *which, long error) {
  say("loop: ");
  say(what);
  say(" ");
  say(which);
  say(": error ");
  say_number((u32)-error);
  say("\n");
  quit(1);
  __builtin_unreachable();
}

static int is_way_up(const char *name) {
  return name[0] == '.' && name[1] == '.' && (name[2] == '/' || name[2] == 0);
}

/* `directory` and `name` as one path; a name that would leave the directory is none. */
static const char *path_of(const char *directory, const char *name) {
  static char path[MAX_PATH];
  u32 length = 0;
  for (; *directory != 0; directory++) path[length++] = *directory;
  for (u32 at = 0; name[at] != 0; at++) {
    if (length == MAX_PATH - 1 || is_way_up(name + at)) fail("not a name", name, -EINVAL);
    path[length++] = name[at];
  }
  path[length] = 0;
  return path;
}

static int open_at(const char *directory, const char *name) {
  return (int)call(__NR_openat, (word)AT_FDCWD, (word)path_of(directory, name), O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0, 0, 0);
}

static const char *device_name(u32 number) {
  static char name[16] = "loop";
  write_number(name + 4, number);
  return name;
}

static int is_same(const u8 *a, const char *b) {
  for (u32 at = 0; at < LO_NAME_SIZE; at++) {
    if (a[at] != (u8)b[at]) return 0;
    if (b[at] == 0) return 1;
  }
  return 0;
}

/* Somebody else (udev) gives a device that was just made the permissions that the machine's owner wants for it. */
static int open_device(u32 number) {
  const struct { long seconds, nanoseconds; } patience = {0, PATIENCE_NANOSECONDS};
  for (u32 tries = 0;; tries++) {
    int device = open_at(devices, device_name(number));
    if ((device != -EACCES && device != -ENOENT) || tries == PATIENCE_TRIES) return device;
    call(__NR_nanosleep, (word)&patience, 0, 0, 0, 0, 0);
  }
}

static u32 number_of(const char *text) {
  u32 number = 0;
  for (const char *at = text; *at != 0; at++) {
    if (*at < '0' || *at > '9' || number >= MAX_NUMBER) fail("not a number", text, -EINVAL);
    number = number * 10 + (u32)(*at - '0');
  }
  return number;
}

/* Whether the device has a file, and it is the one that was marked with `tag`. */
static int is_marked(int device, const char *tag) {
  return call(__NR_ioctl, (word)device, LOOP_GET_STATUS64, (word)&info, 0, 0, 0) == 0 && is_same(info.lo_file_name, tag);
}

/* Marks it, and has its pages cached once, by the filesystem on it, instead of twice: where the kernel can. */
static long mark(int device, const char *tag) {
  u32 at = 0;
  long error;
  for (u8 *byte = (u8 *)&info; byte < (u8 *)(&info + 1); byte++) *(volatile u8 *)byte = 0;
  for (; tag[at] != 0; at++) {
    if (at == LO_NAME_SIZE - 1) return -EINVAL;
    info.lo_file_name[at] = (u8)tag[at];
  }
  error = call(__NR_ioctl, (word)device, LOOP_SET_STATUS64, (word)&info, 0, 0, 0);
  if (error == 0) call(__NR_ioctl, (word)device, LOOP_SET_DIRECT_IO, 1, 0, 0, 0);
  return error;
}

static void attach(int control, u32 number, const char *file, const char *tag) {
  int image = open_at(store, file), device;
  long error;
  if (image < 0) fail("cannot open", file, image);
  error = call(__NR_ioctl, (word)control, LOOP_CTL_ADD, number, 0, 0, 0);
  if (error < 0 && error != -EEXIST) fail("cannot make", device_name(number), error);
  device = open_device(number);
  if (device < 0) fail("cannot open", device_name(number), device);
  if (!is_marked(device, tag)) {
    error = call(__NR_ioctl, (word)device, LOOP_SET_FD, (word)image, 0, 0, 0);
    if (error == 0 && (error = mark(device, tag)) < 0) call(__NR_ioctl, (word)device, LOOP_CLR_FD, 0, 0, 0, 0);
    if (error < 0) fail("cannot attach", file, error);
  }
  call(__NR_close, (word)device, 0, 0, 0, 0, 0);
  call(__NR_close, (word)image, 0, 0, 0, 0, 0);
}

static void detach(int control, u32 number, const char *tag) {
  int device = open_at(devices, device_name(number));
  long error = 0;
  if (device == -ENOENT || device == -ENXIO) return;
  if (device < 0) fail("cannot open", device_name(number), device);
  /* otherwise it is nobody's, or somebody else's by now */
  if (is_marked(device, tag)) error = call(__NR_ioctl, (word)device, LOOP_CLR_FD, 0, 0, 0, 0);
  call(__NR_close, (word)device, 0, 0, 0, 0, 0);
  if (error < 0 && error != -ENXIO) fail("cannot detach", device_name(number), error);
  /* refused while it is anybody's */
  call(__NR_ioctl, (word)control, LOOP_CTL_REMOVE, number, 0, 0, 0);
}

static int is_word(const char *a, const char *b) {
  while (*a != 0 && *a == *b) a++, b++;
  return *a == *b;
}

__attribute__((used)) void begin(word *stack) {
  const char **arguments = (const char **)(stack + 1);
  word count = stack[0];
  const char *verb = count > 1 ? arguments[1] : "";
  int control = open_at(devices, "loop-control");
  if (control < 0) fail("cannot open", "loop-control", control);
  if (is_word(verb, "probe")) {
    const char *file = count > 2 ? arguments[2] : "";
    int image = open_at(store, file);
    long number = call(__NR_ioctl, (word)control, LOOP_CTL_GET_FREE, 0, 0, 0, 0);
    if (image < 0) fail("cannot open", file, image);
    if (number < 0) fail("cannot make", "a loop device", number);
    int device = open_device((u32)number);
    if (device < 0) fail("cannot open", device_name((u32)number), device);
  } else if (is_word(verb, "attach")) {
    for (word at = 2; at + 2 < count; at += 3) attach(control, number_of(arguments[at]), arguments[at + 1], arguments[at + 2]);
  } else if (is_word(verb, "detach")) {
    for (word at = 2; at + 1 < count; at += 2) detach(control, number_of(arguments[at]), arguments[at + 1]);
  } else fail("not an order", verb, -EINVAL);
  quit(0);
}
