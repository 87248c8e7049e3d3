import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explainFailure } from './failure.mjs'
import { fetchNode24, hasNode24, majorOf, placeNode24, placeOfNode, wantedMajor } from './node24.mjs'
import { runNpm } from './npm.mjs'
import { isInstalled, packagesFor, thisMachine } from './packages.mjs'
import { SetupError } from './setup-error.mjs'
import { installStamp, readStamp } from './stamp.mjs'

/**
 * Makes node_modules what package-lock.json says, with Node 24 in it. No package's install script runs.
 *
 * @typedef {import('./packages.mjs').Lockfile} Lockfile
 * @typedef {{ root: string, progress: import('./progress.mjs').Progress, onStart(pid: number): void }} InstallOptions
 */

/** npm's own note. */
const installedPath = 'node_modules/.package-lock.json'
const stampPath = 'node_modules/.depin-installed'
/** Old metadata in npm's cache may not know a version that the lockfile names. */
const staleCache = /^(ETARGET|E404|ENOVERSIONS)$/

/** @param {string} root */
export function needsInstall(root) {
  const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8')
  return readStamp(join(root, stampPath)) !== installStamp(lockfile, process.platform, process.arch) || !hasNode24(root)
}

/** @param {InstallOptions} options */
export async function install({ root, progress, onStart }) {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const lockfile = /** @type {Lockfile} */ (JSON.parse(text))
  const machine = thisMachine()
  const complete = isInstalled(lockfile, readInstalled(root), machine)

  if (!complete || majorOf(placeOfNode(root)) !== wantedMajor) {
    const version = lockfile.packages['node_modules/node']?.version ?? String(wantedMajor)
    const node = await progress.step(`Node ${version}`, async ({ update }) => {
      const path = await fetchNode24({ root, version, onStart, update })
      return { said: 'ready', value: path }
    })
    if (!complete) {
      const count = packagesFor(lockfile, machine).length
      await progress.step(`Packages (${count})`, async ({ update }) => {
        await installPackages({ root, node, count, onStart, update })
        return { said: 'installed', value: undefined }
      })
    }
    placeNode24(root, node)
  }
  writeFileSync(join(root, stampPath), installStamp(text, process.platform, process.arch))
}

/** @param {{ root: string, node: string, count: number, onStart(pid: number): void, update(text: string): void }} options */
async function installPackages({ root, node, count, onStart, update }) {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--engine-strict=false']
  const onLine = watchNpm(count, update)
  rmSync(join(root, stampPath), { force: true })
  let failure = await runNpm([...args, '--prefer-offline'], { node, root, onStart, onLine })
  if (failure !== undefined && staleCache.test(failure.code)) failure = await runNpm([...args, '--prefer-online'], { node, root, onStart, onLine })
  if (failure === undefined) return
  // npm's note may be there already, and vouch for packages that are not whole.
  rmSync(join(root, installedPath), { force: true })
  throw new SetupError(explainFailure(failure.code, root), { details: failure.words })
}

/**
 * Sums up npm's log, which looks every package up before it fetches it: how far it is, or what keeps it.
 * @param {number} count
 * @param {(text: string) => void} update
 * @returns {(line: string) => void}
 */
export function watchNpm(count, update) {
  /** @type {Set<string>} */
  const arrived = new Set()
  /** @type {Set<string>} */
  const known = new Set()
  return (line) => {
    const [, url, trouble] = /^npm http (?:fetch|cache) (?:GET \d+ |GET )?(\S+)(?: attempt \d+ failed with (\S+))?/.exec(line) ?? []
    if (url === undefined) return
    if (trouble !== undefined) {
      update(`the registry does not answer (${trouble}), trying again`)
      return
    }
    if (url.endsWith('.tgz')) arrived.add(url)
    else known.add(url)
    update(arrived.size > 0 ? `${Math.min(arrived.size, count)} of ${count} here` : `${Math.min(known.size, count)} of ${count} looked up`)
  }
}

/** @param {string} root */
function readInstalled(root) {
  try {
    return /** @type {Lockfile} */ (JSON.parse(readFileSync(join(root, installedPath), 'utf8')))
  } catch {
    return undefined
  }
}
