import type { PublishedStudy } from "../core/published/published.ts";
import { dvh2020 } from "./dvh-2020.ts";
import { fitzgerald2014 } from "./fitzgerald-2014/index.ts";
import { googleCloud } from "./google-cloud.ts";
import { kvmUnitTests } from "./kvm-unit-tests.ts";
import { neve2017 } from "./neve-2017.ts";
import { pvm2023 } from "./pvm-2023.ts";
import { turtles2010 } from "./turtles-2010.ts";

/** Every published study that dvirt can audit, report and compare with. */
export const references: readonly PublishedStudy[] = [
  fitzgerald2014,
  turtles2010,
  neve2017,
  dvh2020,
  pvm2023,
  kvmUnitTests,
  googleCloud,
];
