import { type Recorded, windowsVirtualisation, windowsWsl } from '../recorded.ts'
import type { Example } from './types.ts'

const mac: Recorded = {
  platform: 'darwin', arch: 'arm64', release: '24.1.0', uid: 501, user: 'amina', home: '/Users/amina', cores: 8, memoryMiB: 16_384, freeDiskMiB: 180_000,
  hasTerminal: false, env: {}, files: {}, paths: [], programs: [],
  answers: { 'sw_vers -productVersion': { exitCode: 0, stdout: '15.1\n' }, 'sysctl -n kern.hv_support': { exitCode: 0, stdout: '1\n' } },
}
const answering = (version: string, support: string): Recorded['answers'] => ({
  'sw_vers -productVersion': { exitCode: 0, stdout: `${version}\n` }, 'sysctl -n kern.hv_support': { exitCode: 0, stdout: `${support}\n` },
})

const windows: Recorded = {
  platform: 'win32', arch: 'x64', release: '10.0.26100', uid: null, user: 'amina', home: 'C:\\Users\\amina', cores: 8, memoryMiB: 16_200, freeDiskMiB: 150_000,
  hasTerminal: false, env: {}, files: {}, paths: [], programs: ['winget'], answers: windowsAnswers('True False', 0),
}
/** Whether a hypervisor runs, and whether the firmware allows one; the exit code of `wsl --status`. */
function windowsAnswers(virtualisation: string, wsl: number): Recorded['answers'] {
  return {
    [windowsVirtualisation.join(' ')]: { exitCode: 0, stdout: `${virtualisation}\r\n` },
    [windowsWsl.join(' ')]: { exitCode: wsl, stdout: '' },
  }
}

export const macExamples: readonly Example[] = [
  { name: 'macos', title: 'macOS 15 on Apple silicon', recorded: mac },
  { name: 'macos-intel', title: 'macOS 14 on Intel', recorded: { ...mac, arch: 'x64', release: '23.6.0', answers: answering('14.6.1', '1') } },
  { name: 'macos-brew', title: 'macOS 15 on Apple silicon, with Homebrew', recorded: { ...mac, programs: ['brew'] } },
  { name: 'macos-old', title: 'macOS 12, which is too old', recorded: { ...mac, arch: 'x64', release: '21.6.0', answers: answering('12.7.6', '1') } },
  { name: 'macos-vm', title: 'macOS in a virtual machine', recorded: { ...mac, answers: answering('15.1', '0') } },
]

export const windowsExamples: readonly Example[] = [
  { name: 'windows', title: 'Windows 11', recorded: windows },
  { name: 'windows-wsl-off', title: 'Windows 11 without WSL', recorded: { ...windows, answers: windowsAnswers('False True', 1) } },
  { name: 'windows-10', title: 'Windows 10 22H2 without WSL and winget', recorded: { ...windows, release: '10.0.19045', programs: [], answers: windowsAnswers('False True', 1) } },
  { name: 'windows-10-old', title: 'Windows 10 1909, which is too old', recorded: { ...windows, release: '10.0.18363', programs: [], answers: windowsAnswers('False True', 1) } },
  { name: 'windows-no-virtualisation', title: 'Windows 11 with virtualisation switched off', recorded: { ...windows, answers: windowsAnswers('False False', 1) } },
  { name: 'windows-arm', title: 'Windows 11 on Arm', recorded: { ...windows, arch: 'arm64' } },
]
