/**
 * What programs print when they want what no guest gets. Images that are made for an engine of one's own often begin as root
 * and become another user, or write beside their own files; the words they fail with say which line of the compose file helps.
 */
export interface Complaint {
  kind: 'another-user' | 'own-files' | 'no-permission'
  /** The user that it wants to become, where it says so. */
  user: string | null
}

const signs: readonly (readonly [Complaint['kind'], RegExp])[] = [
  // gosu, su-exec, setpriv, nginx, chown, chmod: without capabilities root may do none of it
  ['another-user', /(?=.*(operation not permitted|EPERM))(?=.*(switch|set(re|res)?[ug]id|setgroups|initgroups|setpriv|su-exec|gosu|chown|chmod|chgrp|(changing|change|set) (the )?(owner|permission|group|user)|capabilit))/i],
  ['another-user', /must not be run as root|not (be )?run as root|run mysqld as root|"root" execution/i],
  ['own-files', /read-only file ?system|EROFS/i],
  ['no-permission', /permission denied|EACCES/i],
]

/** Null: nothing that is known by its words. */
export function complaintOf(words: string): Complaint | null {
  const kind = signs.find(([, sign]) => sign.test(words))?.[0]
  return kind === undefined ? null : { kind, user: /\b(?:to|user|as) ["'“]([a-z_][a-z0-9_-]{0,31})["'”]/.exec(words)?.[1] ?? null }
}
