import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * One set-up at a time per checkout: a file that names its holder.
 *
 *   free ──create──► held ──release──► free
 *                     │ holder died
 *                     ▼
 *                   stale ──take over──► free
 *
 * Two processes may find the same stale lock. Whoever takes over first locks *that instance* of it (`PATH.ID`), looks
 * again, and only then removes it: a slow second process can never remove the fresh lock of a quick third one.
 *
 * A lock may be held by several processes: npm, say, and the set-up that started it. It is stale when the last of them is
 * gone, so that killing a set-up does not let a second npm loose beside the orphaned first.
 *
 * @typedef {{ pid: number, started: string }} Process `started` tells a process from a later one with its pid
 * @typedef {{ id: string, processes: Process[] }} Holder
 * @typedef {{ alsoHeldBy(pid: number): void, release(): void }} Lock
 */

const pollMs = 100
/** A file that is still not whole after this long was left by a process that died while writing it. */
const writingMs = 5_000

/**
 * @template T
 * @param {string} path
 * @param {(lock: Lock) => Promise<T>} action
 * @param {(pid: number) => void} [onWait] called once when somebody else holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(path, action, onWait) {
  const lock = await acquireLock(path, onWait)
  try {
    return await action(lock)
  } finally {
    lock.release()
  }
}

/**
 * @param {string} path
 * @param {(pid: number) => void} [onWait]
 * @returns {Promise<Lock>}
 */
export async function acquireLock(path, onWait = () => undefined) {
  const mine = { id: randomUUID(), processes: [identify(process.pid)] }
  makeFolder(dirname(path))
  let told = false
  while (!create(path, mine)) {
    const found = read(path)
    if (found === 'free') continue
    const alive = found === 'unreadable' ? undefined : found.processes.find(isAlive)
    if (alive !== undefined) {
      if (!told) onWait(alive.pid)
      told = true
      await sleep(pollMs)
    } else if (found === 'unreadable' && ageMs(path) < writingMs) {
      await sleep(pollMs)
    } else {
      await takeOver(path, found)
    }
  }
  return {
    alsoHeldBy: (pid) => {
      mine.processes.push(identify(pid))
      writeFileSync(`${path}.${mine.id}`, JSON.stringify(mine))
      renameSync(`${path}.${mine.id}`, path)
    },
    release: () => {
      if (idOf(read(path)) === mine.id) rmSync(path, { force: true })
    },
  }
}

/**
 * @param {string} path
 * @param {Holder | 'unreadable'} stale
 */
async function takeOver(path, stale) {
  await withLock(`${path}.${idOf(stale)}`, () => {
    if (idOf(read(path)) === idOf(stale)) rmSync(path, { force: true })
    return Promise.resolve()
  })
}

/** @param {Holder | 'unreadable' | 'free'} found */
function idOf(found) {
  return typeof found === 'string' ? found : found.id
}

/**
 * Not `recursive`, which on a read-only disk says that there is no such file.
 * @param {string} path
 */
function makeFolder(path) {
  try {
    mkdirSync(path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/**
 * @param {string} path
 * @param {Holder} holder
 */
function create(path, holder) {
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * @param {string} path
 * @returns {Holder | 'unreadable' | 'free'}
 */
function read(path) {
  try {
    const found = /** @type {unknown} */ (JSON.parse(readFileSync(path, 'utf8')))
    return isHolder(found) ? found : 'unreadable'
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'free' : 'unreadable'
  }
}

/**
 * @param {unknown} value
 * @returns {value is Holder}
 */
function isHolder(value) {
  if (typeof value !== 'object' || value === null) return false
  return 'id' in value && typeof value.id === 'string' && /^[\w-]+$/.test(value.id)
    && 'processes' in value && Array.isArray(value.processes) && value.processes.every(isProcess)
}

/**
 * @param {unknown} value
 * @returns {value is Process}
 */
function isProcess(value) {
  return typeof value === 'object' && value !== null
    && 'pid' in value && Number.isInteger(value.pid)
    && 'started' in value && typeof value.started === 'string'
}

/** @param {number} pid */
function identify(pid) {
  return { pid, started: startOf(pid) }
}

/** @param {Process} holder */
function isAlive({ pid, started }) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
  return startOf(pid) === started
}

/**
 * When a process began, in the kernel's ticks; empty where the system does not say, so that there the pid alone decides.
 * A zombie has ended, whoever has yet to collect it.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? 'ended' : fields[18] ?? ''
  } catch {
    return ''
  }
}

/** @param {string} path */
function ageMs(path) {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
