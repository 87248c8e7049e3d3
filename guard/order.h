/*
 * What names the guard answers for, as it was ordered.
 */
#include "dns.h"

enum { SERVERS = 3, NAMES_ROOM = 32768, HERE_ROOM = 16384, RANGES_ROOM = 49152, OPENING_ROOM = 2048, OPENING_PLACES = 3 };

/* How a frame of names begins; after it the ranges (first and last address, as numbers), the names (each: 1 if it stands for
 * all below it, else 0; then the name as messages have it, in small letters), and the messages that open an address. */
struct order {
  u32 mark, servers[SERVERS]; /* as they are on the wire, 0 for none */
  u32 least_seconds, most_seconds;
  u32 ranges, names, opening; /* in bytes */
  u32 address_at[OPENING_PLACES], milliseconds_at; /* in the opening; the time is of eight bytes, the highest first */
};

static struct order order;
static u32 ranges[RANGES_ROOM / 4];
static u8 names[NAMES_ROOM], opening[OPENING_ROOM] __attribute__((aligned(8)));
/* services of the lease: an address as it is on the wire, and a name as messages have it, in small letters */
static u8 here[HERE_ROOM];
static u32 here_bytes;

static int is_named(const u8 *name, u32 length) {
  for (u32 at = 0; at < order.names;) {
    u32 wanted = name_length(names + at + 1, order.names - at - 1), skip = 0;
    if (names[at] == 0 && wanted == length && is_same(name, names + at + 1, length)) return 1;
    /* from label to label */
    if (names[at] == 1 && wanted < length) {
      while (length - skip > wanted) skip += 1u + name[skip];
      if (length - skip == wanted && is_same(name + skip, names + at + 1, wanted)) return 1;
    }
    at += 1 + wanted;
  }
  return 0;
}

/* The address of a service of the lease, 0 for all others. */
static u32 service_address(const u8 *name, u32 length) {
  for (u32 at = 0, size; at < here_bytes; at += 4 + size) {
    size = name_length(here + at + 4, here_bytes - at - 4);
    if (size == length && is_same(name, here + at + 4, length)) return four(here + at);
  }
  return 0;
}

/* Leaves out what no guest may reach. How many there were. */
static u32 leave_out(struct found *found) {
  u32 kept = 0, count = found->count;
  for (u32 at = 0; at < count; at++) {
    u32 range = 0;
    while (range < order.ranges / 4 && !(ranges[range] <= found->ips[at] && found->ips[at] <= ranges[range + 1])) range += 2;
    if (range >= order.ranges / 4) found->ips[kept++] = found->ips[at];
  }
  found->count = kept;
  return count - kept;
}

/* Whose names are none, or whose places are beyond its messages, is none. */
static int is_order(const struct order *new, const u8 *rest, u32 length) {
  if (new->ranges > RANGES_ROOM || new->ranges % 8 != 0 || new->names > NAMES_ROOM || new->opening > OPENING_ROOM) return 0;
  if (new->ranges + new->names + new->opening != length || new->most_seconds > 86400 || new->least_seconds > new->most_seconds) return 0;
  for (u32 at = 0; at < OPENING_PLACES; at++) if (new->names > 0 && (new->opening < 4 || new->address_at[at] > new->opening - 4)) return 0;
  if (new->names > 0 && (new->opening < 8 || new->milliseconds_at > new->opening - 8)) return 0;
  rest += new->ranges;
  for (u32 at = 0, size; at < new->names; at += 1 + size) {
    if (rest[at] > 1 || (size = name_length(rest + at + 1, new->names - at - 1)) == 0) return 0;
  }
  return 1;
}
