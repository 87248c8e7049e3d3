/** Windows: WSL 2, then Docker Desktop by winget, or by its makers' installer where there is no winget. */
import { waitForEngine } from './linux.ts'
import { dockerTerms } from './macos.ts'
import type { Recipe, StepRecipe } from './types.ts'

const minutes = 60_000
const desktop = 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe'
const installer = '{downloads}\\DockerDesktopInstaller.exe'

function powershell(script: string): ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', string] {
  return ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', script]
}

const isInstalled = powershell(`if (Test-Path '${desktop}') { exit 0 } else { exit 1 }`)

const wsl: StepRecipe = {
  id: 'wsl', title: 'Turn on the part of Windows that runs Linux (WSL 2).', admin: 'asks-itself', run: ['wsl.exe', '--install', '--no-distribution'],
  check: ['wsl.exe', '--status'], undo: null, downloadMiB: 250, deadlineMs: 60 * minutes, needsRestart: true, when: { wsl: 'off' },
}
const start: readonly StepRecipe[] = [
  {
    id: 'start', title: 'Start Docker Desktop.', admin: 'no', run: powershell(`Start-Process -FilePath '${desktop}' -ArgumentList '--minimized'`), check: 'engine',
    undo: powershell('Get-Process \'Docker Desktop\' -ErrorAction SilentlyContinue | Stop-Process'), deadlineMs: 5 * minutes,
  },
  { ...waitForEngine, deadlineMs: 5 * minutes },
]
const shared = {
  product: 'docker-desktop', engineName: 'Docker Desktop', terms: dockerTerms, diskMiB: 8192, memoryMiB: 3900,
  advice: 'Look whether Windows is up to date, or install it by hand: https://docs.docker.com/desktop/setup/install/windows-install/',
  leaves: 'WSL 2 stays on, since other programs may use it by now. What guest apps and images left on the disk stays in %LOCALAPPDATA%\\Docker.',
} as const

export const windowsRecipes: readonly Recipe[] = [
  {
    ...shared, id: 'windows-winget', source: 'winget, from Docker Inc.', when: { platform: 'win32', minVersion: '19045', program: 'winget' },
    steps: [
      wsl,
      {
        id: 'install', title: 'Install Docker Desktop with winget.', admin: 'asks-itself',
        run: ['winget', 'install', '--id', 'Docker.DockerDesktop', '--exact', '--source', 'winget', '--accept-package-agreements', '--accept-source-agreements', '--disable-interactivity'],
        check: isInstalled, undo: ['winget', 'uninstall', '--id', 'Docker.DockerDesktop', '--exact', '--disable-interactivity'], downloadMiB: 600, deadlineMs: 120 * minutes,
      },
      ...start,
    ],
  },
  {
    ...shared, id: 'windows-installer', source: 'the installer of Docker Inc.', when: { platform: 'win32', minVersion: '19045', withoutProgram: 'winget' },
    steps: [
      wsl,
      {
        id: 'download', title: 'Download Docker Desktop.', admin: 'no',
        run: ['curl.exe', '--fail', '--location', '--silent', '--show-error', '--retry', '5', '--continue-at', '-', '--output', installer, 'https://desktop.docker.com/win/main/{arch}/Docker%20Desktop%20Installer.exe'],
        check: powershell(`if ((Test-Path '${desktop}') -or ((Get-AuthenticodeSignature '${installer}').Status -eq 'Valid')) { exit 0 } else { exit 1 }`),
        undo: powershell(`Remove-Item -Force -ErrorAction SilentlyContinue '${installer}'`), downloadMiB: 600, deadlineMs: 180 * minutes,
      },
      {
        id: 'install', title: 'Look whether Docker Inc. has signed it, and install it.', admin: 'asks-itself',
        run: powershell(`$s = Get-AuthenticodeSignature '${installer}'; if ($s.Status -ne 'Valid' -or $s.SignerCertificate.Subject -notmatch 'O="?Docker,? Inc') { Write-Error 'It is not signed by Docker Inc.'; exit 1 }; $p = Start-Process -Wait -PassThru -FilePath '${installer}' -ArgumentList 'install','--quiet','--accept-license','--backend=wsl-2'; exit $p.ExitCode`),
        check: isInstalled, undo: powershell('$p = Start-Process -Wait -PassThru -FilePath \'C:\\Program Files\\Docker\\Docker\\Docker Desktop Installer.exe\' -ArgumentList \'uninstall\',\'--quiet\'; exit $p.ExitCode'),
        deadlineMs: 60 * minutes,
      },
      ...start,
    ],
  },
]

export const windowsStart = start
