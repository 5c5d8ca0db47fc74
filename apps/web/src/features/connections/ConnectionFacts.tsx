import type { Connection } from '@millrace/contract'
import { connectableOf, type FieldOf, fieldsOf, isShown } from '@millrace/engine'
import { useText } from '../../i18n/index.ts'
import classes from './connections.module.css'

/** The settings as they are stored; of secrets only whether they are. */
export function ConnectionFacts({ connection }: { readonly connection: Connection }) {
  const { t, label } = useText()
  const { id, connector, settings, secretsSet } = connection
  const spec = connectableOf(connector)?.connection
  const fields = spec ? fieldsOf(spec.settings) : []
  const isThere = (given: boolean) => t(given ? 'connections.stored' : 'connections.notSet')
  const shown = ({ name, meta }: FieldOf): string => {
    const value = settings[name]
    if (meta.widget === 'secret') return isThere(secretsSet.includes(name))
    // Certificates and the like say nothing at a glance.
    if (meta.widget === 'textarea') return isThere(value !== '')
    if (meta.widget === 'switch') return t(value === true ? 'catalog.yes' : 'catalog.no')
    const option = meta.widget === 'select' && meta.options.find((one) => one.value === value)
    if (option) return label(option.label)
    return value === undefined || value === '' ? '–' : String(value)
  }
  return (
    <section className={`panel ${classes['card']}`} aria-label={t('connections.settings')}>
      <h2 className={classes['cardTitle']}>{t('connections.settings')}</h2>
      <dl className={classes['facts']}>
        <div className={classes['fact']}>
          <dt>{t('connections.id')}</dt>
          <dd className="mono">{id}</dd>
        </div>
        {fields
          .filter((field) => isShown(field, fields, settings))
          .map((field) => (
            <div key={field.name} className={classes['fact']}>
              <dt>{label(field.meta.label)}</dt>
              <dd>{shown(field)}</dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
