import type { Some } from '../base/faithful.ts'

/** Chromium's switches: those of the command line, wherever they stand, and those that the app appends. */
export class CommandLineDouble implements Some<Electron.CommandLine> {
  private readonly switches = new Map<string, string>()

  constructor(argv: readonly string[]) {
    for (const argument of argv) {
      const [, name, value = ''] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? []
      if (name !== undefined) this.switches.set(name, value)
    }
  }

  appendSwitch(name: string, value = ''): void {
    this.switches.set(name, value)
  }

  hasSwitch(name: string): boolean {
    return this.switches.has(name)
  }

  getSwitchValue(name: string): string {
    return this.switches.get(name) ?? ''
  }

  removeSwitch(name: string): void {
    this.switches.delete(name)
  }
}
