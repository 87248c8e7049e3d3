import { ChevronDown } from 'lucide-react'
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { Button } from '../../components/Button.tsx'
import type { ButtonSize } from '../../components/Button.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { pauseChoices } from '../../sharing/pauses.ts'
import type { useSharing } from '../../sharing/useSharing.ts'
import { useStores } from '../../stores/context.tsx'

/** The other times for which the tray can pause: some desktops have no tray. */
export function PauseMenu({ sharing, size }: { sharing: ReturnType<typeof useSharing>; size: ButtonSize }) {
  const f = useFormat()
  const { clock } = useStores()
  const choices = () => pauseChoices(clock.nowMs(), f)
  return (
    <MenuTrigger>
      <Button look="hero" size={size} icon={ChevronDown}>{f.t('hero.pauseOther')}</Button>
      <Popover placement="bottom start" className="w-56 rounded-lg bg-surface p-1.5 shadow-2 forced-colors:border">
        <Menu aria-label={f.t('tray.pause')} className="flex flex-col gap-1 outline-none"
          onAction={(id) => {
            const chosen = choices().find((choice) => choice.id === id)
            if (chosen !== undefined) sharing.pause(chosen.untilMs)
          }}>
          {choices().map(({ id, label }) => <MenuItem key={id} id={id} className="flex h-9 cursor-default items-center rounded-md px-2.5 text-small focused:bg-hover">{label}</MenuItem>)}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
