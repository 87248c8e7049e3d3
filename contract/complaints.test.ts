import { describe, expect, it } from 'vitest'
import { complaintOf } from './complaints.ts'

describe('what a program says when it cannot have what no guest gets', () => {
  it.each([
    ['error: failed switching to "redis": operation not permitted', 'another-user', 'redis'],
    ['setpriv: setresuid failed: Operation not permitted', 'another-user', null],
    ['chmod: changing permissions of \'/var/lib/postgresql/data\': Operation not permitted', 'another-user', null],
    ['chown: changing ownership of \'/data\': Operation not permitted', 'another-user', null],
    ['nginx: [emerg] setgid(101) failed (1: Operation not permitted)', 'another-user', null],
    ['initgroups(nginx, 101) failed (1: Operation not permitted)', 'another-user', null],
    ['"root" execution of the PostgreSQL server is not permitted.', 'another-user', null],
    ['[emerg] 7#7: mkdir() "/var/lib/nginx/body" failed (30: Read-only file system)', 'own-files', null],
    ['OSError: [Errno 30] Read-only file system: \'/app/x\'', 'own-files', null],
    ['Error: EACCES: permission denied, open \'/data/x\'', 'no-permission', null],
  ] as const)('%s', (words, kind, user) => expect(complaintOf(words)).toEqual({ kind, user }))

  it.each(['', 'Segmentation fault', 'connect ECONNREFUSED 10.0.0.2:5432', 'Operation not permitted on this account: top up first'])('nothing that is known: %s', (words) => {
    expect(complaintOf(words)).toBeNull()
  })
})
