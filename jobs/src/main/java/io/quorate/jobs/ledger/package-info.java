/** What the alerts of a run come to: episodes, pages, what another run says otherwise, and how near the truth it is. */
@NullMarked
package io.quorate.jobs.ledger;

import org.jspecify.annotations.NullMarked;
