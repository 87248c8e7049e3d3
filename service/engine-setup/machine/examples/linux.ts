import type { Recorded } from '../recorded.ts'
import type { Example } from './types.ts'

const mainline = 'Linux version 6.1.0-28-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)\n'
const allRights = 'CapEff:\t000001ffffffffff\n'
const noRights = 'CapEff:\t0000000000000000\n'

/** A desktop that somebody is logged in to. */
const desktop: Recorded = {
  platform: 'linux', arch: 'x64', release: '6.1.0-28-amd64', uid: 1000, user: 'amina', home: '/home/amina', cores: 8, memoryMiB: 15_900, freeDiskMiB: 210_000,
  hasTerminal: false, env: { DISPLAY: ':0' }, answers: {},
  files: { '/proc/version': mainline, '/proc/1/comm': 'systemd\n', '/proc/self/status': noRights, '/etc/subuid': 'amina:100000:65536\n' },
  paths: ['/run/systemd/system', '/run/user/1000/systemd/private'],
  programs: ['pkexec', 'sudo'],
}
/** A server, at its console as root. */
const server: Recorded = {
  ...desktop, uid: 0, user: 'root', home: '/root', cores: 4, memoryMiB: 7_900, freeDiskMiB: 74_000, hasTerminal: true, env: {},
  files: { ...desktop.files, '/proc/self/status': allRights }, paths: ['/run/systemd/system'], programs: ['sudo'],
}

function on(machine: Recorded, osRelease: string, program: string, more: Partial<Recorded> = {}): Recorded {
  return { ...machine, ...more, files: { ...machine.files, '/etc/os-release': osRelease, ...more.files }, programs: [...machine.programs, program, ...more.programs ?? []] }
}

const debian12 = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`
const ubuntu = (version: string, codename: string): string => `PRETTY_NAME="Ubuntu ${version}.1 LTS"
NAME="Ubuntu"
VERSION_ID="${version}"
VERSION_CODENAME=${codename}
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
UBUNTU_CODENAME=${codename}
LOGO=ubuntu-logo
`
const mint22 = `NAME="Linux Mint"
VERSION="22 (Wilma)"
ID=linuxmint
ID_LIKE="ubuntu debian"
PRETTY_NAME="Linux Mint 22"
VERSION_ID="22"
HOME_URL="https://www.linuxmint.com/"
VERSION_CODENAME=wilma
UBUNTU_CODENAME=noble
`
const fedora41 = `NAME="Fedora Linux"
VERSION="41 (Workstation Edition)"
RELEASE_TYPE=stable
ID=fedora
VERSION_ID=41
VERSION_CODENAME=""
PLATFORM_ID="platform:f41"
PRETTY_NAME="Fedora Linux 41 (Workstation Edition)"
LOGO=fedora-logo-icon
VARIANT="Workstation Edition"
VARIANT_ID=workstation
`
const rocky9 = `NAME="Rocky Linux"
VERSION="9.4 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"
`
const arch = `NAME="Arch Linux"
PRETTY_NAME="Arch Linux"
ID=arch
BUILD_ID=rolling
ANSI_COLOR="38;2;23;147;209"
HOME_URL="https://archlinux.org/"
LOGO=archlinux-logo
`
const tumbleweed = `NAME="openSUSE Tumbleweed"
# VERSION="20240823"
ID="opensuse-tumbleweed"
ID_LIKE="opensuse suse"
VERSION_ID="20240823"
PRETTY_NAME="openSUSE Tumbleweed"
ANSI_COLOR="0;32"
LOGO="distributor-logo-Tumbleweed"
`
const leap156 = `NAME="openSUSE Leap"
VERSION="15.6"
ID="opensuse-leap"
ID_LIKE="suse opensuse"
VERSION_ID="15.6"
PRETTY_NAME="openSUSE Leap 15.6"
`
const silverblue = `${fedora41.replace('Workstation Edition)"', 'Silverblue)"')}OSTREE_VERSION='41.20241119.0'\n`
const nixos = 'ID=nixos\nNAME=NixOS\nPRETTY_NAME="NixOS 24.11 (Vicuna)"\nVERSION_ID="24.11"\n'
const alpine = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n'
const wsl1Version = 'Linux version 4.4.0-22621-Microsoft (Microsoft@Microsoft.com) (gcc version 5.4.0 (GCC) ) #2506-Microsoft Fri Jan 01 08:00:00 PST 2016\n'
const wsl2Version = 'Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1) (gcc (GCC) 11.2.0) #1 SMP Fri Mar 29 23:14:13 UTC 2024\n'
const noSystemd = { paths: [] }

export const linuxExamples: readonly Example[] = [
  { name: 'debian', title: 'Debian 12, a server, as root', recorded: on(server, debian12, 'apt-get') },
  { name: 'debian-desktop', title: 'Debian 12 at a desktop', recorded: on(desktop, debian12, 'apt-get') },
  { name: 'debian-plain', title: 'Debian 12 with nothing that starts services, as root', recorded: on(server, debian12, 'apt-get', noSystemd) },
  { name: 'ubuntu', title: 'Ubuntu 24.04 at a desktop', recorded: on(desktop, ubuntu('24.04', 'noble'), 'apt-get') },
  { name: 'ubuntu-22.04', title: 'Ubuntu 22.04 at a desktop: Podman is too old there', recorded: on(desktop, ubuntu('22.04', 'jammy'), 'apt-get') },
  { name: 'ubuntu-server', title: 'Ubuntu 24.04, a server, as root', recorded: on(server, ubuntu('24.04', 'noble'), 'apt-get') },
  { name: 'mint', title: 'Linux Mint 22 at a desktop', recorded: on(desktop, mint22, 'apt-get') },
  { name: 'fedora', title: 'Fedora 41 at a desktop', recorded: on(desktop, fedora41, 'dnf') },
  { name: 'fedora-server', title: 'Fedora 41, a server, as root', recorded: on(server, fedora41, 'dnf') },
  { name: 'rocky', title: 'Rocky Linux 9, a server, as root', recorded: on(server, rocky9, 'dnf') },
  { name: 'arch', title: 'Arch Linux at a desktop', recorded: on(desktop, arch, 'pacman') },
  { name: 'arch-server', title: 'Arch Linux, a server, as root', recorded: on(server, arch, 'pacman') },
  { name: 'opensuse', title: 'openSUSE Tumbleweed at a desktop', recorded: on(desktop, tumbleweed, 'zypper') },
  { name: 'opensuse-leap', title: 'openSUSE Leap 15.6, a server, as root', recorded: on(server, leap156, 'zypper') },
  { name: 'silverblue', title: 'Fedora Silverblue, which is updated as one image', recorded: on(desktop, silverblue, 'rpm-ostree', { paths: [...desktop.paths, '/run/ostree-booted'] }) },
  { name: 'nixos', title: 'NixOS', recorded: on(desktop, nixos, 'nix', { paths: [...desktop.paths, '/etc/NIXOS'] }) },
  { name: 'alpine', title: 'Alpine Linux, for which there is no recipe', recorded: on(server, alpine, 'apk', { paths: ['/run/openrc'] }) },
  { name: 'ubuntu-18.04', title: 'Ubuntu 18.04, which is too old', recorded: on(desktop, ubuntu('18.04', 'bionic'), 'apt-get') },
  { name: 'wsl1', title: 'Ubuntu in WSL 1', recorded: on(desktop, ubuntu('22.04', 'jammy'), 'apt-get', { ...noSystemd, release: '4.4.0-22621-Microsoft', hasTerminal: true, env: {}, files: { '/proc/version': wsl1Version } }) },
  { name: 'wsl2', title: 'Ubuntu in WSL 2, without systemd', recorded: on(desktop, ubuntu('24.04', 'noble'), 'apt-get', { ...noSystemd, hasTerminal: true, files: { '/proc/version': wsl2Version } }) },
  { name: 'container', title: 'Debian inside a container', recorded: on(server, debian12, 'apt-get', { paths: ['/.dockerenv'], files: { '/proc/self/status': 'CapEff:\t00000000a80425fb\n' } }) },
  { name: 'no-consent', title: 'Debian, over a connection without a terminal, and no root', recorded: on({ ...desktop, env: {} }, debian12, 'apt-get') },
  { name: 'full-disk', title: 'Debian with a full disk', recorded: on(server, debian12, 'apt-get', { freeDiskMiB: 1500 }) },
]
