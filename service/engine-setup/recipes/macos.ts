/** macOS: Colima by Homebrew where that is there, which asks for no administrator; else Docker Desktop by its makers' installer. */
import { waitForEngine } from './linux.ts'
import type { Recipe } from './types.ts'

const minutes = 60_000
export const dockerTerms = { name: 'Docker Subscription Service Agreement', url: 'https://www.docker.com/legal/docker-subscription-service-agreement' } as const

const image = '{downloads}/Docker.dmg'
const volume = '/Volumes/Docker'
const app = '/Applications/Docker.app'
/** Apple vouches for the makers, and this is their number with Apple. */
const signedByDocker = '=anchor apple generic and certificate leaf[subject.OU] = "9BNSXJN65R"'

export const macRecipes: readonly Recipe[] = [
  {
    id: 'macos-colima', product: 'colima', engineName: 'Colima', source: 'Homebrew', terms: null,
    when: { platform: 'darwin', minVersion: '13', program: 'brew' },
    diskMiB: 4096, memoryMiB: 3900,
    advice: 'Look whether Homebrew is well: brew doctor',
    leaves: null,
    steps: [
      {
        id: 'install', title: 'Install Colima with Homebrew.', admin: 'no', run: ['brew', 'install', 'colima', 'docker'], check: ['sh', '-c', 'command -v colima && command -v docker'],
        inventory: ['brew', 'list', '--formula', '-1'], undo: ['brew', 'uninstall', '{added}'], downloadMiB: 120, deadlineMs: 60 * minutes,
      },
      {
        id: 'machine', title: 'Make a virtual machine for guest apps, and start it.', admin: 'no',
        run: ['colima', 'start', '--cpu', '{vmCores}', '--memory', '{vmMemoryGiB}'], check: ['colima', 'status'], undo: ['colima', 'delete', '--force'],
        downloadMiB: 350, deadlineMs: 60 * minutes,
      },
      waitForEngine,
    ],
  },
  {
    id: 'macos-docker-desktop', product: 'docker-desktop', engineName: 'Docker Desktop', source: 'the installer of Docker Inc.', terms: dockerTerms,
    when: { platform: 'darwin', minVersion: '14' },
    diskMiB: 8192, memoryMiB: 3900,
    advice: 'Look whether the internet works, or install it by hand: https://docs.docker.com/desktop/setup/install/mac-install/',
    leaves: 'What guest apps and images left on the disk stays in ~/Library/Containers/com.docker.docker.',
    steps: [
      {
        id: 'download', title: 'Download Docker Desktop.', admin: 'no',
        run: ['curl', '--fail', '--location', '--silent', '--show-error', '--retry', '5', '--continue-at', '-', '--output', image, 'https://desktop.docker.com/mac/main/{arch}/Docker.dmg'],
        check: ['sh', '-c', 'test -d "$1" || hdiutil verify -quiet "$2"', 'sh', app, image], undo: ['rm', '-f', image], downloadMiB: 620, deadlineMs: 180 * minutes,
      },
      {
        id: 'open', title: 'Open it, and look whether Docker Inc. has signed it.', admin: 'no',
        run: ['sh', '-c', 'hdiutil attach -quiet -nobrowse -mountpoint "$1" "$2" && codesign --verify --deep --strict --test-requirement="$3" "$1/Docker.app"', 'sh', volume, image, signedByDocker],
        check: ['sh', '-c', 'test -d "$1" || codesign --verify --deep --strict --test-requirement="$2" "$3/Docker.app"', 'sh', app, signedByDocker, volume],
        undo: ['sh', '-c', 'test ! -d "$1" || hdiutil detach -quiet "$1"', 'sh', volume], deadlineMs: 10 * minutes,
      },
      {
        id: 'install', title: 'Install Docker Desktop.', admin: 'asks', run: [`${volume}/Docker.app/Contents/MacOS/install`, '--accept-license', '--user={user}'],
        check: ['test', '-d', app], undo: ['sh', '-c', '"$1/Contents/MacOS/uninstall"; rm -rf "$1"', 'sh', app], deadlineMs: 20 * minutes,
      },
      {
        id: 'tidy', title: 'Remove what was downloaded.', admin: 'no', run: ['sh', '-c', 'hdiutil detach -quiet "$1"; rm -f "$2"', 'sh', volume, image],
        check: ['sh', '-c', 'test ! -e "$1"', 'sh', image], undo: null, deadlineMs: 2 * minutes,
      },
      { id: 'start', title: 'Start Docker Desktop.', admin: 'no', run: ['open', '--background', '-a', 'Docker'], check: 'engine', undo: ['sh', '-c', 'osascript -e \'quit app "Docker"\''], deadlineMs: 5 * minutes },
      waitForEngine,
    ],
  },
]
