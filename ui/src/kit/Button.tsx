import { type ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components";
import { Icon, type IconName } from "./Icon";

type Look = "primary" | "plain" | "quiet" | "danger";

const looks: Record<Look, string> = {
  primary: "bg-primary text-on-primary border-primary data-[pressed]:bg-primary-press",
  plain: "bg-card text-ink border-line data-[pressed]:bg-sunken",
  quiet: "bg-transparent text-primary border-transparent data-[pressed]:bg-primary-soft",
  danger: "bg-card text-danger border-danger data-[pressed]:bg-danger-soft",
};

interface Props extends Omit<ButtonProps, "children" | "className" | "isPending"> {
  /** Its work runs: it stays where it is, keeps the focus and takes no other tap. */
  isPending?: boolean;
  look?: Look;
  icon?: IconName;
  /** The one next thing of a screen: taller, and taller still outdoors. */
  main?: boolean;
  wide?: boolean;
  children?: ReactNode;
  /** What a screen reader says of a button that shows only an icon. */
  label?: string;
  keys?: string;
}

/** A button takes one tap: while its work runs it takes no other. */
export function Button({ look = "plain", icon, main, wide, children, label, keys, isPending = false, onPress, ...rest }: Props) {
  return (
    <AriaButton
      {...rest}
      onPress={(event) => {
        if (!isPending) onPress?.(event);
      }}
      {...(label === undefined ? {} : { "aria-label": label })}
      className={[
        "inline-flex max-w-full shrink-0 items-center justify-center gap-2 rounded-field border-(length:--border) font-semibold",
        "select-none transition-colors duration-100 data-[disabled]:border-hair data-[disabled]:bg-sunken data-[disabled]:text-ink-2",
        isPending ? "pulse" : "",
        main ? "min-h-(--target-primary) px-6 text-body max-sm:px-4" : "min-h-(--target) text-label",
        children === undefined ? "min-w-(--target) px-2" : main ? "" : "px-4",
        wide ? "w-full" : "",
        looks[look],
      ].join(" ")}
    >
      {icon && <Icon name={icon} size={main ? 24 : 22} />}
      {children !== undefined && <span className="min-w-0">{children}</span>}
      {keys && <kbd className="ml-1 rounded-field border border-current max-md:hidden px-1 font-sans text-small opacity-80">{keys}</kbd>}
    </AriaButton>
  );
}
