import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'

/** Sends the form it stands in. */
export function SubmitButton({ children }: { children: ReactNode }) {
  return (
    <Button type="submit" className="h-control-lg rounded-md bg-primary px-5 text-lead font-semibold text-on-primary hovered:bg-primary-hover pressed:bg-primary-hover">
      {children}
    </Button>
  )
}
