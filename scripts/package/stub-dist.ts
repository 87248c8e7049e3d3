import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import { NtExecutable, NtExecutableResource, Resource } from 'resedit'

/** What marks the fuses in an Electron executable (@electron/fuses, “wire”): this, a version, how many, and one byte for each. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
/** `0` off, `1` on. All off but what Electron ships on. */
const fuseCount = Object.values(FuseV1Options).filter((value) => typeof value === 'number').length
const shippedOn: ReadonlySet<number> = new Set([FuseV1Options.RunAsNode, FuseV1Options.EnableNodeOptionsEnvironmentVariable, FuseV1Options.EnableNodeCliInspectArguments, FuseV1Options.GrantFileProtocolExtraPrivileges])

export type StubSystem = 'linux' | 'mac' | 'win'

/**
 * A folder as Electron's download has it, with programs that hold nothing but their fuses: what is put around the app can be
 * built and looked into without Electron's own 250 MB, and without the internet. The path that packages take as `electronDist`.
 */
export function makeStubDist(folder: string, system: StubSystem, version: string): string {
  const write = (path: string, content: string | Buffer, mode = 0o644): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content, { mode })
  }
  write('version', version)
  write('LICENSE', 'Electron\n')
  write('LICENSES.chromium.html', '<html></html>\n')
  switch (system) {
    case 'linux':
      write('electron', executable(Buffer.from('\x7fELF', 'latin1')), 0o755)
      write('chrome-sandbox', '', 0o755)
      write('chrome_crashpad_handler', '', 0o755)
      write('locales/en-US.pak', '')
      break
    case 'win':
      write('electron.exe', executable(windowsProgram(version)))
      write('locales/en-US.pak', '')
      break
    case 'mac':
      write('Electron.app/Contents/Info.plist', plist('Electron', 'com.github.Electron'))
      write('Electron.app/Contents/MacOS/Electron', executable(Buffer.from([0xcf, 0xfa, 0xed, 0xfe])), 0o755)
      write('Electron.app/Contents/Frameworks/Electron Framework.framework/Electron Framework', executable(Buffer.from([0xcf, 0xfa, 0xed, 0xfe])), 0o755)
      write('Electron.app/Contents/Resources/electron.icns', '')
      for (const helper of ['', ' (GPU)', ' (Renderer)', ' (Plugin)']) {
        const name = `Electron Helper${helper}`
        write(`Electron.app/Contents/Frameworks/${name}.app/Contents/Info.plist`, plist(name, `com.github.Electron.helper${helper.toLowerCase().replace(/[ ()]/g, '')}`))
        write(`Electron.app/Contents/Frameworks/${name}.app/Contents/MacOS/${name}`, '', 0o755)
      }
      break
  }
  return folder
}

function executable(program: Buffer): Buffer {
  const fuses = Array.from({ length: fuseCount }, (_, at) => shippedOn.has(at) ? '1' : '0').join('')
  return Buffer.concat([program, Buffer.alloc(64), Buffer.from(sentinel), Buffer.from([1, fuseCount]), Buffer.from(fuses), Buffer.alloc(64)])
}

/** Real, if empty: the hash of the archive is put among its resources, beside its version. */
function windowsProgram(version: string): Buffer {
  const program = NtExecutable.createEmpty(false, false)
  const resources = NtExecutableResource.from(program)
  const info = Resource.VersionInfo.createEmpty()
  info.setStringValues({ lang: 1033, codepage: 1200 }, { FileDescription: 'Electron', FileVersion: version, ProductName: 'Electron', ProductVersion: version })
  info.outputToResourceEntries(resources.entries)
  resources.outputResource(program)
  return Buffer.from(program.generate())
}

function plist(name: string, id: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>CFBundleName</key><string>${name}</string><key>CFBundleExecutable</key><string>${name}</string><key>CFBundleIdentifier</key><string>${id}</string></dict></plist>
`
}
