/** `depin update` on a test's installation, as a process that can be killed at a step. Argument: an `UpdateMainOptions` in JSON. */
import { releaseKey } from '../../release/index.ts'
import { createSystemClock } from '../base/index.ts'
import { type RunStep, runUpdate } from '../updates/run.ts'
import { managerOf, oldVersion, platform, type TestInstall } from './update-install.ts'

export interface UpdateMainOptions {
  install: TestInstall
  feed: string
  key: string
  /** The process ends here, as by a power cut. */
  killAt: RunStep | 'downloading' | null
  ill: string | null
  nowMs: number
  checkOnly?: boolean
  again?: boolean
}

const options = JSON.parse(process.argv[2] ?? '') as UpdateMainOptions
const die = (at: string): void => {
  if (at === options.killAt) process.kill(process.pid, 'SIGKILL')
}
const system = createSystemClock()
let passedMs = 0
// waiting takes no time here
const clock = { ...system, nowMs: () => options.nowMs, monotonicMs: () => passedMs, sleep: (ms: number) => Promise.resolve(void (passedMs += ms)) }
try {
  const status = await runUpdate({
    dataDir: options.install.dataDir, installation: { kind: 'tarball', root: options.install.root, version: oldVersion, platform },
    feed: options.feed, keys: [releaseKey(options.key)], channel: null, checkOnly: options.checkOnly ?? false, again: options.again ?? false,
  }, {
    clock, control: managerOf(options.install, options.ill), onStep: die,
    onStatus: ({ state }) => { if (state.kind === 'downloading' && state.doneBytes > 0) die('downloading') },
  })
  process.stdout.write(JSON.stringify(status))
} catch (error) {
  process.stdout.write(JSON.stringify({ error: (error as { details?: { reason?: string } }).details?.reason ?? String(error) }))
}
