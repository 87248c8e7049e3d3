/** What this copy is updated with, by how it was installed; null: by somebody else, such as a package manager. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PackageKind } from '../../release/index.ts'

export interface CopyFacts {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  isPackaged: boolean
  /** Electron's `process.resourcesPath`. */
  resources: string
}

export function packageKindOf({ platform, env, isPackaged, resources }: CopyFacts): PackageKind | null {
  if (!isPackaged) return null
  switch (platform) {
    // the MSI of a fleet is for all users of a computer, and the fleet's to replace
    case 'win32': return isIn(env['ProgramFiles'], resources) || isIn(env['ProgramFiles(x86)'], resources) ? null : 'nsis'
    case 'darwin': return 'mac'
    case 'linux': {
      // electron-builder says so in a deb and an rpm
      if (existsSync(join(resources, 'package-type'))) return null
      return env['APPIMAGE'] !== undefined && env['SNAP'] === undefined ? 'appimage' : null
    }
    default: return null
  }
}

function isIn(folder: string | undefined, path: string): boolean {
  return folder !== undefined && folder !== '' && path.toLowerCase().startsWith(`${folder.toLowerCase()}\\`)
}
