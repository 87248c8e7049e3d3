import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { wantedMajor } from './node24.mjs'
import { root } from './root.mjs'

const npmPollMs = 1000

/**
 * Runs a script of this checkout under Node 24 in the place of this process: inside it when it already is Node 24, so that
 * a signal to this pid, kill -9 too, reaches the real thing. Else this same command starts over under Node 24: by becoming
 * it, where the system can; else as a child whose signals and end are passed on.
 *
 * @param {string} node path of Node 24
 * @param {string} script relative to the checkout
 * @param {string[]} args
 */
export async function handOver(node, script, args) {
  endWithNpm()
  if (Number.parseInt(process.versions.node, 10) === wantedMajor) {
    const path = join(root, script)
    process.argv = [process.execPath, path, ...args]
    await import(pathToFileURL(path).href)
    return
  }
  const command = process.argv.slice(1)
  if (typeof process.execve === 'function' && process.platform !== 'win32') process.execve(node, [node, ...command], definedOnly(process.env))
  else runAsChild(node, command)
}

/**
 * npm runs a script through a shell, and passes a signal to that shell, which may die of it without passing it on. Then we
 * are still here with nobody left to end us: so end when the shell does.
 */
function endWithNpm() {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const shell = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, npmPollMs)
  timer.unref()
}

/**
 * Another program in the place of this process: its signals and its end are passed on.
 *
 * @param {string} program
 * @param {string[]} args
 */
export function runInPlace(program, args) {
  endWithNpm()
  runAsChild(program, args)
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function runAsChild(program, args) {
  const child = spawn(program, args, { stdio: 'inherit' })
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
  // A terminal sends these to the child as well; twice would read as “at once”.
  const fromTerminal = process.stdin.isTTY ? ['SIGINT', 'SIGQUIT', 'SIGHUP'] : []
  for (const signal of signals) process.on(signal, () => void (fromTerminal.includes(signal) || child.kill(signal)))
  child.once('error', (error) => {
    process.stderr.write(`${program} cannot be started: ${error.message}\n`)
    process.exitCode = 1
  })
  child.once('exit', (status, signal) => {
    if (signal === null) process.exit(status ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** @param {NodeJS.ProcessEnv} env */
function definedOnly(env) {
  return Object.fromEntries(Object.entries(env).filter(/** @returns {entry is [string, string]} */ (entry) => entry[1] !== undefined))
}
