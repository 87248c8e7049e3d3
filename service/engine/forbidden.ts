/** An engine that is there and that this account may not use: what is so, and who lets it, the same wherever it is told. */

export interface Forbidden {
  /** A sentence. */
  message: string
  fix: string
}

/** Docker makes these for a group of that name. */
export function isForDockersGroup(place: string, platform: string): boolean {
  return platform === 'linux' && /^(unix:\/\/)?(\/var)?\/run\/docker\.sock$/.test(place)
}

/** @param place as an engine's status names it. */
export function forbiddenWords(place: string, { platform, user }: { platform: string, user: string }): Forbidden {
  if (!isForDockersGroup(place, platform)) {
    return { message: `There is an engine at ${place}, and the account ${user} may not use it.`, fix: `Let ${user} read and write it, or name another with DOCKER_HOST; then try again.` }
  }
  return {
    message: `Docker is here, and the account ${user} may not use it: it is not in the group docker, or has not logged in since.`,
    fix: `Let it with “depin engine allow”, or yourself: sudo usermod -aG docker ${user}; then log out and in again, or restart what runs as ${user}.`,
  }
}
