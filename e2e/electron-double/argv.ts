/** A command line of Electron: `electron [switches] [-r module]… app [arguments]`. */
export interface CommandLine {
  /** Modules to require before the app. */
  requires: string[]
  /** Where Node is to be debugged. */
  inspectPort: number | undefined
  /** Where Chromium is to be debugged. */
  debuggingPort: number | undefined
  /** A folder with a package.json, or the app's main file. */
  app: string | undefined
}

/**
 * Whether something follows a link. Electron does not start then: whoever makes a link must not choose the app's switches.
 * A Windows path is no link.
 */
export function hasMoreThanLink(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const link = argv.findIndex((argument) => /^[a-z][^\s:]+:/i.test(argument))
  return link >= 0 && link < (end < 0 ? argv.length : end) - 1
}

export function parseArgv(argv: readonly string[]): CommandLine {
  const parsed: CommandLine = { requires: [], inspectPort: undefined, debuggingPort: undefined, app: undefined }
  for (let index = 0; index < argv.length && parsed.app === undefined; index++) {
    const argument = argv[index] ?? ''
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? []
    if (argument === '-r' || name === 'require') parsed.requires.push(value ?? argv[++index] ?? '')
    else if (name === 'inspect') parsed.inspectPort = Number(value ?? 9229)
    else if (name === 'remote-debugging-port') parsed.debuggingPort = Number(value)
    else if (!argument.startsWith('-')) parsed.app = argument
  }
  return parsed
}
