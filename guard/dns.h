/*
 * Messages of DNS (RFC 1035), read without trust: what is there is measured before it is looked at, and names in answers
 * are stepped over, so no pointer is ever followed.
 */

enum {
  HEADER = 12, NAME_MOST = 255, LABEL_MOST = 63, RECORDS_MOST = 64, ADDRESSES = 8,
  TYPE_A = 1, TYPE_OPT = 41, CLASS_IN = 1,
  DONE = 0, BAD_FORM = 1, FAILED = 2, NO_NAME = 3, NOT_DONE = 4,
};

static u32 two(const u8 *at) { return (u32)at[0] << 8 | at[1]; }
static u32 four(const u8 *at) { return two(at) << 16 | two(at + 2); }
static void put_two(u8 *at, u32 value) { at[0] = (u8)(value >> 8), at[1] = (u8)value; }
static void put_four(u8 *at, u32 value) { put_two(at, value >> 16), put_two(at + 2, value); }
static void copy(u8 *to, const u8 *from, u32 length) { for (u32 at = 0; at < length; at++) to[at] = from[at]; }
/* lengths of labels are below all letters, so a whole name can be made small */
static u8 small(u8 letter) { return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter; }

static int is_same(const u8 *a, const u8 *b, u32 length) {
  for (u32 at = 0; at < length; at++) if (small(a[at]) != small(b[at])) return 0;
  return 1;
}

/* Of a name that is written out, its end included; 0 for everything else. */
static u32 name_length(const u8 *bytes, u32 length) {
  u32 at = 0;
  while (at < length && at < NAME_MOST && bytes[at] <= LABEL_MOST) {
    if (bytes[at] == 0) return at + 1;
    at += 1u + bytes[at];
  }
  return 0;
}

/* Addresses, as numbers, and the least time that any record may be kept. */
struct found { u32 ips[ADDRESSES], count, seconds; };

/* The length of a name in an answer: written out, or up to a pointer, which is not followed. 0: neither. */
static u32 step_over(const u8 *bytes, u32 length) {
  u32 at = 0;
  while (at < length && at < NAME_MOST) {
    if (bytes[at] >= 0xc0) return at + 2;
    if (bytes[at] > LABEL_MOST) return 0;
    if (bytes[at] == 0) return at + 1;
    at += 1u + bytes[at];
  }
  return 0;
}

/* Whether all records are whole. Those before one that is not are found. */
static int read_records(const u8 *bytes, u32 length, u32 at, struct found *found) {
  u32 records = two(bytes + 6);
  for (records = records < RECORDS_MOST ? records : RECORDS_MOST; records > 0; records--) {
    u32 name = at < length ? step_over(bytes + at, length - at) : 0, type, size, seconds;
    if (name == 0 || at + name + 10 > length) return 0;
    at += name;
    type = four(bytes + at);
    seconds = four(bytes + at + 4);
    size = two(bytes + at + 8);
    at += 10;
    if (size > length - at) return 0;
    if (seconds >> 31) seconds = 0; /* RFC 2181, 8 */
    if (seconds < found->seconds) found->seconds = seconds;
    if (type == (TYPE_A << 16 | CLASS_IN) && size == 4 && found->count < ADDRESSES) found->ips[found->count++] = four(bytes + at);
    at += size;
  }
  return 1;
}
