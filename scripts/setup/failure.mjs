/**
 * Turns the code of a failed npm run or file operation into a sentence: what happened, and what to do next.
 *
 * @param {string} code such as `ENOSPC` or `E404`; empty when unknown
 * @param {string} root of the checkout
 * @returns {string}
 */
export function explainFailure(code, root) {
  const again = 'then run the same command again: what has arrived is kept.'
  switch (kindOf(code)) {
    case 'offline':
      return `The npm registry cannot be reached (${code}). Connect this machine to the internet, or name a proxy with `
        + `“npm config set proxy URL” or a mirror with “npm config set registry URL”, ${again}`
    case 'untrusted':
      return `The npm registry's certificate is not trusted here (${code}). If a proxy on your network re-signs traffic, `
        + `name its certificate with “npm config set cafile FILE”, ${again}`
    case 'full':
      return `The disk is full (${code}). Set-up needs about 1 GB for ${root} and for npm's cache: make room, ${again}`
    case 'forbidden':
      return `Set-up may not write to ${root}, or to npm's cache (${code}). Check who owns them (“npm config get cache” says where `
        + 'the cache is), and run the same command again as that user.'
    case 'busy':
      return `A file in ${root} is in use (${code}). Stop the node that runs from this folder, then run the same command again.`
    case 'altered':
      return `A package is not the one that package-lock.json names (${code}): damaged on the way, or changed. `
        + 'Clear npm\'s cache with “npm cache clean --force” and try again; if it stays, do not go around it, and tell us.'
    case 'lockfile':
      return `package.json and package-lock.json do not agree (${code}). If you changed package.json, run “npm install”; `
        + 'otherwise put both back with “git checkout package.json package-lock.json”.'
    case 'refused':
      return `The npm registry does not give out a package that is needed (${code}). If “npm config get registry” names a mirror, `
        + 'it may lack the package or ask for a login.'
    case 'unknown':
      return `npm could not install the packages${code === '' ? '' : ` (${code})`}; what it said is above.`
  }
}

/** @param {string} code */
export function isOffline(code) {
  return kindOf(code) === 'offline'
}

/** @param {string} code */
function kindOf(code) {
  if (/^(ENOTFOUND|EAI_|ECONN|ETIMEDOUT|ENETUNREACH|ENETDOWN|EHOSTUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT|FETCH_ERROR|E5\d\d|EIDLETIMEOUT)/.test(code)) return 'offline'
  if (/CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(code)) return 'untrusted'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'forbidden'
  if (code === 'EBUSY' || code === 'ETXTBSY') return 'busy'
  if (code === 'EINTEGRITY') return 'altered'
  if (code === 'EUSAGE') return 'lockfile'
  if (/^(E40[0-9]|ETARGET|ENOVERSIONS)$/.test(code)) return 'refused'
  return 'unknown'
}

/**
 * Listens to what npm prints, and keeps what matters of it.
 *
 * npm can fill the disk, warn about every file it could not write, and end as if all were well: such a warning is a failure.
 */
export function createNpmListener() {
  const shown = 6
  /** @type {string[]} */
  const words = []
  let code = ''
  let damage = ''
  return {
    /** @param {string} line */
    hear(line) {
      code ||= /^npm (?:error|ERR!) code (\S+)/.exec(line)?.[1] ?? ''
      damage ||= /\bENOSPC\b/.exec(line)?.[0] ?? /TAR_ENTRY_ERROR (\w+)/.exec(line)?.[1] ?? ''
      if (/^npm (error|ERR!)\s+\S/.test(line) && (words.length < shown || line.includes('complete log'))) words.push(line)
    },
    /**
     * @param {number | null} status that npm ended with
     * @returns {{ code: string, words: string } | undefined} undefined: it went well
     */
    verdict(status) {
      if (status === 0 && damage === '') return undefined
      return { code: damage === '' ? code : damage, words: words.join('\n') }
    },
  }
}
