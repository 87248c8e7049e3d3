/**
 * A whole Debian in a folder, for trying what changes a system: its own files, processes that see it as the root, and, for
 * what runs on in it, a network of its own. The machine around it and its engine are left alone. Needs root and debootstrap.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Recorded } from '../engine-setup/machine/recorded.ts'
import type { CommandRunner, Outcome, RunOptions } from '../engine-setup/run/types.ts'

const release = 'bookworm'

/** Everything mounted is so for one command and what it starts, and gone with them. An engine needs a root that is a mount itself. */
const enter = 'mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount --rbind /sys "$0/sys" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"'

export class DebianRoot {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** Debian as it comes, fetched once and kept in `cacheDir`. */
  static create(cacheDir: string): DebianRoot {
    const pristine = join(cacheDir, release)
    if (!existsSync(pristine)) {
      const making = `${pristine}.new`
      rmSync(making, { recursive: true, force: true })
      mkdirSync(cacheDir, { recursive: true })
      execFileSync('debootstrap', ['--variant=minbase', release, making], { stdio: 'ignore' })
      renameSync(making, pristine)
    }
    // short: the path of a socket below it may be no longer than about a hundred characters
    const path = join(tmpdir(), `depin-deb-${process.pid}`)
    execFileSync('cp', ['--archive', pristine, path])
    cpSync('/etc/resolv.conf', join(path, 'etc/resolv.conf'))
    // its packages may not start services by themselves: they would do so on the network of this machine
    writeFileSync(join(path, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 })
    return new DebianRoot(path)
  }

  /** One that is there. */
  static at(path: string): DebianRoot {
    return new DebianRoot(path)
  }

  get socket(): string {
    return join(this.path, 'run/docker.sock')
  }

  /** What it answers to the questions that recipes depend on. */
  look(): Recorded {
    const has = (program: string): boolean => ['usr/bin', 'usr/sbin', 'sbin', 'bin'].some((folder) => existsSync(join(this.path, folder, program)))
    return {
      platform: 'linux', arch: process.arch, release: '6.1.0', uid: 0, user: 'root', home: '/root', cores: 2, memoryMiB: 4096, freeDiskMiB: 20_000, hasTerminal: false,
      env: {}, paths: [], answers: {}, programs: ['apt-get', 'dockerd', 'podman'].filter(has),
      files: { '/etc/os-release': readFileSync(join(this.path, 'etc/os-release'), 'utf8'), '/proc/self/status': 'CapEff:\t000001ffffffffff\n' },
    }
  }

  /** Runs the commands of recipes in it, by way of a runner of the machine. */
  runner(machine: CommandRunner): CommandRunner {
    const inside = (command: readonly string[], more: readonly string[] = []): string[] => ['unshare', '--mount', '--propagation', 'private', ...more, 'sh', '-c', enter, this.path, ...command]
    return {
      run: (command, options): Promise<Outcome> => machine.run(inside(command), options),
      detach: (command, logPath, options: RunOptions) => machine.detach(inside(command, ['--net']), logPath, options),
      askConsent: (signal) => machine.askConsent(signal),
      close: () => machine.close(),
    }
  }

  packages(): string[] {
    return execFileSync('dpkg-query', [`--admindir=${join(this.path, 'var/lib/dpkg')}`, '--show', '--showformat=${Package} ${db:Status-Status}\n'], { encoding: 'utf8' }).trim().split('\n').toSorted()
  }

  /** Ends, at once, every process whose root it is: as a power cut does. */
  cutPower(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        if (readlinkSync(`/proc/${pid}/root`) === this.path) process.kill(Number(pid), 'SIGKILL')
      } catch {
        // it ended meanwhile
      }
    }
  }

  remove(): void {
    this.cutPower()
    rmSync(this.path, { recursive: true, force: true, maxRetries: 10 })
  }
}
