import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { explainFailure } from './failure.mjs'
import { install, needsInstall } from './install.mjs'
import { withLock } from './lock.mjs'
import { placeOfNode } from './node24.mjs'
import { createProgress } from './progress.mjs'
import { buildStampPath, root } from './root.mjs'
import { SetupError } from './setup-error.mjs'
import { readStamp, sourceStamp } from './stamp.mjs'

/**
 * Sets a checkout up, as far as that is still to do: packages and Node 24, then the build. When there is nothing to do
 * it reads the lockfile, looks at the sources' times, and says nothing.
 *
 * @param {{ build: boolean }} options `build`: also bring `dist/` up to date
 * @returns {Promise<string>} the path of Node 24
 * @throws {SetupError} for what `describeFailure` puts into words
 */
export async function setUp({ build }) {
  if (isMissing(build)) await withLock(join(root, '.cache/setup.lock'), (lock) => bringUpToDate(build, lock), tellWhoIsFirst)
  return placeOfNode(root)
}

/**
 * As `setUp`, for a command that can only end when that fails.
 * @param {{ build: boolean }} options
 */
export async function setUpOrExit(options) {
  try {
    return await setUp(options)
  } catch (error) {
    process.stderr.write(describeFailure(error))
    process.exit(1)
  }
}

/** @param {boolean} build */
function isMissing(build) {
  return needsInstall(root) || (build && needsBuild())
}

function needsBuild() {
  return readStamp(buildStampPath) !== sourceStamp(root)
}

/** @param {number} pid */
function tellWhoIsFirst(pid) {
  process.stderr.write(`Waiting for the set-up that runs as process ${pid}.\n`)
}

/**
 * @param {boolean} build
 * @param {import('./lock.mjs').Lock} lock
 */
async function bringUpToDate(build, lock) {
  const progress = createProgress(process.stderr, `Setting up Depin Desktop in ${root}`)
  const onStart = lock.alsoHeldBy
  if (!isMissing(build)) return
  if (needsInstall(root)) await install({ root, progress, onStart })
  if (build && needsBuild()) await progress.step('Build', async () => ({ said: 'done', value: await runBuild(onStart) }))
}

/**
 * @param {(pid: number) => void} onStart
 * @returns {Promise<void>}
 */
function runBuild(onStart) {
  return new Promise((resolve, reject) => {
    const child = execFile(placeOfNode(root), [join(root, 'scripts/build.ts')], { cwd: root, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve()
      else reject(new SetupError('The build failed; what it said is above.', { details: `${stdout}${stderr}`, cause: error }))
    })
    if (child.pid !== undefined) onStart(child.pid)
  })
}

/**
 * @param {unknown} error that `setUp` threw
 * @returns {string} what went wrong and what to do, for the person at the terminal
 */
export function describeFailure(error) {
  if (error instanceof SetupError) return `${error.details === undefined || error.details === '' ? '' : `${error.details.trimEnd()}\n\n`}${error.message}\n`
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error) return `${error.message}\n${explainFailure(error.code, root)}\n`
  return `${error instanceof Error ? error.stack ?? error.message : String(error)}\n`
}
