/** Linux: a file in the folder of what desktops start at login. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hiddenFlag } from './command.ts'
import type { LoginItem, LoginItemDeps } from './types.ts'

export function createAutostartFile({ env, home, command, name }: Omit<LoginItemDeps, 'platform'>): LoginItem {
  const config = env['XDG_CONFIG_HOME']?.startsWith('/') === true ? env['XDG_CONFIG_HOME'] : join(home, '.config')
  const path = join(config, 'autostart', 'depin-desktop.desktop')
  const entry = desktopEntry(name, [...command, hiddenFlag])
  return {
    isOn() {
      try {
        const text = readFileSync(path, 'utf8')
        // a copy that was moved is not the one that would start; desktops that let people turn it off write one of these
        return execOf(text) === execOf(entry) && !/^(Hidden=true|X-GNOME-Autostart-enabled=false)$/m.test(text)
      } catch {
        return false
      }
    },
    set(on) {
      if (on) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, entry)
      } else rmSync(path, { force: true })
    },
  }
}

/** https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html */
export function desktopEntry(name: string, command: readonly string[]): string {
  return `[Desktop Entry]\nType=Application\nName=${name}\nExec=${command.map(quoted).join(' ')}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n`
}

function execOf(entry: string): string | undefined {
  return /^Exec=.*$/m.exec(entry)?.[0]
}

/** Quoted for the Exec key, and then for a string of the file: a backslash counts twice. */
function quoted(argument: string): string {
  const plain = argument.replaceAll('%', '%%')
  return /^[\w./:@=+,%-]+$/.test(plain) ? plain : `"${plain.replaceAll(/["`$\\]/g, '\\$&').replaceAll('\\', '\\\\')}"`
}
