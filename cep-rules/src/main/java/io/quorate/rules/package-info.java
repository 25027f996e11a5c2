/** What the product watches for, as data: a closed family of rules, each a page that a person on call can read. */
@NullMarked
package io.quorate.rules;

import org.jspecify.annotations.NullMarked;
