import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createNpmListener } from './failure.mjs'
import { SetupError } from './setup-error.mjs'

/**
 * @typedef {{ code: string, words: string }} NpmFailure `code` as npm names it, or empty; `words`: what npm said of it
 * @typedef {{ node: string, root: string, onStart(pid: number): void, onLine?(line: string): void }} NpmOptions `node` runs npm
 */

/**
 * npm's own script: the one that runs us, or the one beside this Node, or the first on the PATH.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} execPath of this Node
 */
export function findNpm(env, execPath) {
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '').map((folder) => join(folder, 'npm')).filter((path) => existsSync(path)).map((path) => realpathSync(path))
  const candidates = [
    env['npm_execpath'] ?? '',
    join(dirname(execPath), 'node_modules/npm/bin/npm-cli.js'),
    join(dirname(execPath), '../lib/node_modules/npm/bin/npm-cli.js'),
    ...onPath,
  ]
  const found = candidates.find((path) => path.endsWith('npm-cli.js') && existsSync(path))
  if (found === undefined) throw new SetupError('npm is not to be found beside Node or on the PATH. Install it (it comes with Node from https://nodejs.org), then run the same command again.')
  return found
}

/**
 * Runs npm under the given Node, quietly.
 * @param {string[]} args
 * @param {NpmOptions} options
 * @returns {Promise<NpmFailure | undefined>} undefined: it went well
 */
export function runNpm(args, { node, root, onStart, onLine }) {
  const listener = createNpmListener()
  const child = spawn(node, [findNpm(process.env, process.execPath), ...args, ...always], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...patience(process.env), PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` },
  })
  if (child.pid !== undefined) onStart(child.pid)
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      onLine?.(line)
      listener.hear(line)
    })
  }
  return new Promise((resolve, reject) => {
    const relay = relaySignals(child)
    child.once('error', reject)
    child.once('close', (status, signal) => {
      relay.stop()
      if (relay.received !== undefined) process.kill(process.pid, relay.received)
      else if (signal !== null) resolve({ code: signal, words: '' })
      else resolve(listener.verdict(status))
    })
  })
}

/** No colours, no questions; every fetch on a line of its own, which is where the progress comes from. */
const always = ['--no-audit', '--no-fund', '--no-color', '--no-progress', '--no-update-notifier', '--loglevel=http']

/**
 * npm waits ten seconds before its first retry, and a minute before the second. Ask more often and give up earlier, unless
 * the owner of this machine has said otherwise (npm hands that down in the environment).
 * @param {NodeJS.ProcessEnv} env
 */
function patience(env) {
  const wanted = { npm_config_fetch_retries: '3', npm_config_fetch_retry_mintimeout: '1000', npm_config_fetch_retry_maxtimeout: '10000' }
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => env[name] === undefined))
}

/**
 * A signal to us goes on to npm first, so that it can undo what is half done, and then ends us; a second one ends both at once.
 * @param {import('node:child_process').ChildProcess} child
 */
function relaySignals(child) {
  /** @type {{ received: NodeJS.Signals | undefined, stop(): void }} */
  const relay = { received: undefined, stop: () => void signals.forEach((signal) => process.off(signal, onSignal)) }
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => {
    if (relay.received === undefined) console.log('Stopping: npm undoes what is half done first. Ctrl-C again ends it at once; the next start repairs it.')
    child.kill(relay.received === undefined ? signal : 'SIGKILL')
    relay.received = signal
  }
  for (const signal of signals) process.on(signal, onSignal)
  return relay
}
