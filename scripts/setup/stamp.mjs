import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What `dist/` is made of. Tests, papers and what only tests use are left out: a change there builds nothing new.
 */
const sources = [
  'contract', 'release', 'service', 'cli', 'renderer', 'main', 'preload', 'resources', 'scripts/build.ts', 'scripts/build',
  'vite.config.ts', 'package.json', 'package-lock.json',
]
const notBuilt = /(\.test\.tsx?|\.md|tsconfig\.json|^service\/testing)$/

/**
 * Changes when a source file is added, removed, resized or written to. Reads no file, so that it takes milliseconds.
 * @param {string} root
 */
export function sourceStamp(root) {
  const hash = createHash('sha256')
  for (const source of sources) addTo(hash, root, source)
  return hash.digest('hex')
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} root
 * @param {string} path relative, with `/`
 */
function addTo(hash, root, path) {
  if (notBuilt.test(path)) return
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  if (found === undefined) return
  if (found.isDirectory()) {
    for (const name of readdirSync(join(root, path)).sort()) addTo(hash, root, `${path}/${name}`)
  } else {
    hash.update(`${path}\0${found.size}\0${found.mtimeMs}\n`)
  }
}

/**
 * What `node_modules` was installed from: the lockfile, for this kind of machine.
 * @param {string} lockfile text of package-lock.json
 * @param {string} platform as `process.platform`
 * @param {string} arch as `process.arch`
 */
export function installStamp(lockfile, platform, arch) {
  return `${platform}-${arch}-${createHash('sha256').update(lockfile).digest('hex')}`
}

/**
 * @param {string} path of a stamp
 * @returns {string} empty when there is none
 */
export function readStamp(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
