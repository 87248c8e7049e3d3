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
 * No libc, no allocation. Formats are the kernel's own: linux/loop.h.
 */
#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/loop.h>

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long word;

#if defined(__x86_64__)
static long call(long number, word a, word b, word c, word d, word e, word f) {
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  register word r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}
__asm__(".globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
#elif defined(__aarch64__)
static long call(long number, word a, word b, word c, word d, word e, word f) {
  register long x8 __asm__("x8") = number;
  register word x0 __asm__("x0") = a;
  register word x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c;
  register word x3 __asm__("x3") = d;
  register word x4 __asm__("x4") = e;
  register word x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return (long)x0;
}
__asm__(".globl _start\n_start:\n mov x0, sp\n bl begin\n");
#else
#error "the attacher is built for x86_64 and aarch64"
#endif

static void quit(int code) {
  for (;;) call(__NR_exit_group, (word)code, 0, 0, 0, 0, 0);
}

static void write_all(int fd, const u8 *bytes, u32 length) {
  while (length > 0) {
    long wrote = call(__NR_write, (word)fd, (word)bytes, length, 0, 0, 0);
    if (wrote == -EINTR) continue;
    if (wrote <= 0) return;
    bytes += wrote;
    length -= (u32)wrote;
  }
}

static void say(const char *text) {
  u32 length = 0;
  while (text[length] != 0) length++;
  write_all(2, (const u8 *)text, length);
}

/* In decimal, with a zero at the end; its length. */
static u32 write_number(char *to, u32 number) {
  char digits[11];
  u32 count = 0, at = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  while (count > 0) to[at++] = digits[--count];
  to[at] = 0;
  return at;
}

static void say_number(u32 number) {
  char text[12];
  write_number(text, number);
  say(text);
}

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
