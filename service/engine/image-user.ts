import { isId, type UserIds } from './scratch.ts'

/** A user as compose and images name one: `name`, `uid`, `name:group`, `uid:gid`; nothing is root. */
interface Named { user: string, group: string }

/** The files of an image that say who this user is. */
export function filesOfUser(spec: string): ('/etc/passwd' | '/etc/group')[] {
  const { user, group } = parse(spec)
  if (user === '' || numberOf(user) === 0) return []
  return group === '' ? ['/etc/passwd'] : ['/etc/passwd', '/etc/group']
}

/**
 * Who a container runs as, found as engines find it (`GetExecUser` of github.com/moby/sys/user): a number is an id whether it
 * is listed or not, of two lines that fit the first counts, and what should be a number and is none is 0. Null for a name that is not there,
 * and for what no engine takes as an id: it will not start it either.
 *
 * @param passwd and @param group: the image's files; empty where it has none.
 */
export function resolveUser(spec: string, passwd: string, group: string): UserIds | null {
  const named = parse(spec)
  const uid = numberOf(named.user)
  const listed = rowOf(passwd, ([name, , id]) => named.user === '' ? idOf(id) === 0 : uid === null ? name === named.user : idOf(id) === uid)
  if (listed === null && uid === null && named.user !== '') return null
  const own = listed === null ? { uid: uid ?? 0, gid: 0 } : { uid: idOf(listed[2]), gid: idOf(listed[3]) }
  const gid = named.group === '' ? own.gid : groupId(named.group, group)
  return gid !== null && isId(own.uid) && isId(gid) ? { uid: own.uid, gid } : null
}

function groupId(name: string, group: string): number | null {
  const gid = numberOf(name)
  if (gid !== null) return gid
  const listed = rowOf(group, (row) => row[0] === name)
  return listed === null ? null : idOf(listed[2])
}

function parse(spec: string): Named {
  const [user = '', group = ''] = spec.split(':')
  return { user, group }
}

/** The first line that fits, by its fields. */
function rowOf(text: string, fits: (row: readonly string[]) => boolean): readonly string[] | null {
  for (const line of text.split('\n')) {
    const row = line.trim().split(':')
    if (line.trim() !== '' && fits(row)) return row
  }
  return null
}

function numberOf(text: string): number | null {
  return /^[+-]?\d+$/.test(text) ? Number(text) : null
}

function idOf(field: string | undefined): number {
  return numberOf(field ?? '') ?? 0
}
