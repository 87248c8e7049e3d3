import { tame } from '../format/text.ts'
import { classes } from './classes.ts'

/** Text from elsewhere (a name, an address, a message of an engine): shown as text, apart from what stands around it. */
export function Outside({ text, maxLength = 80, code = false, className }: {
  text: string
  maxLength?: number
  /** Addresses, commands and the like: left to right and in the typewriter face. */
  code?: boolean
  className?: string
}) {
  const whole = tame(text, 2000)
  const shown = tame(whole, maxLength)
  return (
    <bdi {...code && { dir: 'ltr' }} className={classes('wrap-anywhere', code && 'font-mono text-small', className)}
      {...shown !== whole && { title: whole }}>
      {shown}
    </bdi>
  )
}
