/** What a service may use and touch of the machine it runs on. */
import { defaults } from '../limits.ts'
import { type Field, entriesOf, isTrue, itemsOf, textOf } from '../tree.ts'
import { depends, fits, ignored, isOneOf, refused, refusedWhenOn, supported } from './types.ts'

const removeIfWorks = 'Remove the line if the app works without.'
const ownSchedule = 'The host shares its processor out itself, up to the limit in `cpus`.'
const noSwap = 'Apps on a host do not use swap.'

export const resourceRows = [
  supported('services.*.cpus', 'Cores, as `0.5`: reserved on the host, and what you pay for.'),
  supported('services.*.mem_limit', 'As `512m`: reserved on the host, and what you pay for.'),
  supported('services.*.mem_reservation', 'Reserved when there is no limit.'),
  supported('services.*.pids_limit', `Processes and threads at once; less than 16 is 16, and \`-1\` gives ${defaults.pidsWithoutLimit}.`),
  supported('services.*.cpu_quota', 'With `cpu_period`, another way to write `cpus`.'),
  supported('services.*.cpu_period', 'With `cpu_quota`, another way to write `cpus`.'),
  ignored('services.*.cpu_count', ownSchedule, 'Use `cpus`.'),
  ignored('services.*.cpu_percent', ownSchedule, 'Use `cpus`.'),
  ignored('services.*.cpu_shares', ownSchedule),
  ignored('services.*.cpu_rt_period', ownSchedule),
  ignored('services.*.cpu_rt_runtime', ownSchedule),
  ignored('services.*.cpuset', ownSchedule),
  ignored('services.*.memswap_limit', noSwap),
  ignored('services.*.mem_swappiness', noSwap),
  ignored('services.*.oom_kill_disable', 'A service that takes more memory than it reserved is ended.', 'Reserve more with `mem_limit`.'),
  ignored('services.*.oom_score_adj', 'The host decides which app gives way when memory runs out.'),
  ignored('services.*.blkio_config', 'The host shares its disk out itself.'),
  ignored('services.*.ulimits', 'The host sets these limits itself.'),
  supported('services.*.shm_size', 'Shared memory, as `128m`.'),
  supported('services.*.storage_opt', '`size` counts as the disk the service needs.'),
]

/** Rights that programs ask for out of habit: without them they run, sometimes a little slower. */
const habitual = fits(/^(CAP_)?(CHOWN|DAC_OVERRIDE|FOWNER|FSETID|KILL|SETGID|SETUID|SETPCAP|NET_BIND_SERVICE|SYS_CHROOT|MKNOD|AUDIT_WRITE|SETFCAP|SYS_NICE|IPC_LOCK|SYS_RESOURCE)$/i)

/** Settings that only tune the network, or that every host has already. */
const tuning = /^(net\.core\.somaxconn|net\.ipv4\.(tcp_\w+|ip_local_port_range|ip_unprivileged_port_start)|net\.ipv6\.conf\.\w+\.disable_ipv6|vm\.(overcommit_memory|max_map_count))$/

function onlyTunes(field: Field): boolean {
  const names = field.node.kind === 'mapping'
    ? entriesOf(field).map(([name]) => name)
    : itemsOf(field).map((item) => (textOf(item) ?? '').split('=', 1)[0] ?? '')
  return names.every((name) => tuning.test(name.trim()))
}

export const privilegeRows = [
  refusedWhenOn('services.*.privileged', 'It gives the app full control of the computer it runs on. No host allows that.', 'Remove the line. If the app needs it, it has to run on a computer of your own.'),
  supported('services.*.cap_add', 'See its values.'),
  depends('services.*.cap_add.[]',
    { when: habitual, values: '`CHOWN`, `SETUID`, `NET_BIND_SERVICE`, `SYS_NICE`, `IPC_LOCK` and others that apps can do without', verdict: 'ignored', reason: 'The app runs without the extra right {value}. Most do.' },
    { verdict: 'refused', reason: 'The right {value} reaches beyond the app into the computer it runs on. No host gives it.', instead: `${removeIfWorks} VPN and firewall apps do not.` }),
  supported('services.*.cap_drop', 'An app has no extra rights to begin with.'),
  supported('services.*.security_opt', 'See its values.'),
  depends('services.*.security_opt.[]',
    { when: fits(/^no-new-privileges([:=]true)?$/), values: '`no-new-privileges`', verdict: 'supported', reason: 'Always on.' },
    { when: fits(/^(label|apparmor|seccomp|systempaths|no-new-privileges)[:=]/), values: 'labels and profiles, `…:unconfined` too', verdict: 'ignored', reason: 'Every host protects itself with rules of its own, and {value} does not change them. Most apps run with them.' },
    { verdict: 'refused', reason: 'It asks for a protection that hosts do not have ({value}).', instead: removeIfWorks }),
  depends('services.*.sysctls',
    { when: onlyTunes, values: 'settings that only tune the network', verdict: 'ignored', reason: 'The host keeps its own network settings. Apps run with them, sometimes a little slower.' },
    { verdict: 'refused', reason: 'It changes settings of the host’s system. No host allows that.', instead: removeIfWorks }),
  ignored('services.*.group_add', 'The app stays in the groups its image gives it.'),
  refused('services.*.devices', 'It reaches for devices of the computer the app runs on. Hosts do not share theirs.', removeIfWorks),
  refused('services.*.device_cgroup_rules', 'It reaches for devices of the computer the app runs on. Hosts do not share theirs.', removeIfWorks),
  refused('services.*.gpus', 'Hosts do not offer graphics cards yet.', removeIfWorks),
  depends('services.*.runtime',
    { when: isOneOf('runc', 'io.containerd.runc.v2', ''), values: '`runc`', verdict: 'supported', reason: 'The host isolates the app at least as well.' },
    { verdict: 'refused', reason: 'The host chooses how it isolates apps; it does not offer {value}.', instead: removeIfWorks }),
  depends('services.*.pid',
    { when: isOneOf('', 'private'), values: 'empty', verdict: 'supported', reason: 'Nothing is asked for.' },
    { verdict: 'refused', reason: 'It lets the app see processes that are not its own.', instead: `${removeIfWorks} Apps that watch or steer a computer have to run on it.` }),
  depends('services.*.ipc',
    { when: isOneOf('', 'private', 'shareable', 'none'), values: '`private`, `shareable`', verdict: 'supported', reason: 'Each service has its own.' },
    { verdict: 'refused', reason: 'It shares memory with programs that are not the service’s own.', instead: removeIfWorks }),
  depends('services.*.uts',
    { when: isOneOf(''), values: 'empty', verdict: 'supported', reason: 'Nothing is asked for.' },
    { verdict: 'refused', reason: 'It shares the name of the computer the app runs on.', instead: removeIfWorks }),
  depends('services.*.userns_mode',
    { when: isOneOf('host'), values: '`host`', verdict: 'refused', reason: 'It makes the app’s users those of the computer it runs on. No host allows that.', instead: removeIfWorks },
    { verdict: 'supported', reason: 'Nothing is asked for.' }),
  depends('services.*.cgroup',
    { when: isOneOf('host'), values: '`host`', verdict: 'refused', reason: 'It lets the app see how the host shares itself out. No host allows that.', instead: removeIfWorks },
    { verdict: 'supported', reason: 'Nothing is asked for.' }),
  refused('services.*.cgroup_parent', 'The host decides where apps stand among its own programs.', 'Remove the line.'),
  refusedWhenOn('services.*.use_api_socket', 'It lets the app control the engine of the computer it runs on. No host allows that.', removeIfWorks),
  depends('services.*.read_only',
    { when: ({ node }) => !isTrue(node), values: '`false`', verdict: 'ignored', reason: 'The app’s own files are always read-only. It can write to its volumes, to `tmpfs`, to /tmp and to /run.' },
    { verdict: 'supported', reason: 'Always on.' }),
]
