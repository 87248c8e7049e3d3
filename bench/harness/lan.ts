/** A wire between this computer and one beside it: two network namespaces, and as many bits a second as a home network has. Linux, as root. */
import { execFileSync } from 'node:child_process'

export const lanMbit = 1_000

export interface Lan extends Disposable {
  /** This end's address, and the other's. */
  here: string
  there: string
  /** What a program is started with that lives at the other end. */
  command: readonly string[]
}

/** Null where there is no leave for it, or no `ip` and `tc`. */
export function createLan(): Lan | null {
  const name = `depin-bench-${process.pid}`
  const [near, far] = [`dbn${process.pid}`, `dbf${process.pid}`]
  const [here, there] = ['10.213.77.1', '10.213.77.2']
  const ip = (...words: string[]): void => void execFileSync('ip', words, { stdio: 'pipe' })
  const rate = ['root', 'tbf', 'rate', `${lanMbit}mbit`, 'burst', '1mb', 'latency', '50ms']
  const dispose = (): void => {
    try {
      // its end of the wire goes with it, and so does ours
      ip('netns', 'del', name)
    } catch {
      // it was never made
    }
  }
  try {
    ip('netns', 'add', name)
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name)
    ip('addr', 'add', `${here}/30`, 'dev', near)
    ip('link', 'set', near, 'up')
    ip('-n', name, 'addr', 'add', `${there}/30`, 'dev', far)
    for (const device of ['lo', far]) ip('-n', name, 'link', 'set', device, 'up')
    execFileSync('tc', ['qdisc', 'add', 'dev', near, ...rate], { stdio: 'pipe' })
    execFileSync('tc', ['-n', name, 'qdisc', 'add', 'dev', far, ...rate], { stdio: 'pipe' })
    return { here, there, command: ['ip', 'netns', 'exec', name], [Symbol.dispose]: dispose }
  } catch {
    dispose()
    return null
  }
}
