"""Shop: goods, orders, and the money that goes with them.

The one idea: goods and money move together or not at all. What a supplier brought is in stock or sold, what customers paid is in
the till, and an order says both: how many pieces are with the customer, and how much was paid for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.apps.app import App, Document
from gamemaster.world.apps.balanced import balanced
from gamemaster.world.apps.user_accounts import LEVELS, Level, check_name
from gamemaster.world.bounded import bounded
from gamemaster.world.conserved import conserved
from gamemaster.world.invariant import invariant

__all__ = ["Order", "Product", "Shop"]

_SHOWN = 20


class Product(BaseModel):
    """What is sold, at a price for one piece in whole units of money."""

    price: int
    description: str = ""


class Order(BaseModel):
    """`count` pieces of a product that an account has bought and `paid` for; both are 0 once it is `refunded`."""

    id: str
    product: str
    count: int
    paid: int
    time: float
    status: Literal["ordered", "sent", "received", "refunded"] = "ordered"


class Shop(App):
    """Products, how many of each are in stock, and each account's wallet and orders.

    `staff` are accounts that may send orders and take goods in ("write"), and set prices and pay back too ("admin"). What a
    supplier brings is free for the shop. `opening` is what was in the till at the start; give it to `till` too.
    """

    title: ClassVar[str] = "Shop"
    products: dict[str, Product] = Field(default_factory=dict[str, Product])
    stock: dict[str, int] = Field(default_factory=dict[str, int])
    supplied: dict[str, int] = Field(default_factory=dict[str, int])
    sold: dict[str, int] = Field(default_factory=dict[str, int])
    wallets: dict[str, int] = Field(default_factory=dict[str, int])
    till: int = 0
    opening: int = 0
    orders: dict[str, dict[str, Order]] = Field(default_factory=dict[str, dict[str, Order]])
    staff: dict[str, Level] = Field(default_factory=dict[str, Level])
    count: int = 0

    laws = [
        balanced(["stock", "sold"], "supplied"),
        balanced("sold", "orders.*.*.count"),
        balanced("till", ["opening", "orders.*.*.paid"]),
        conserved("wallets", "till"),
        bounded("stock", low=0),
        bounded("wallets", low=0),
        bounded("till", low=0),
    ]

    @classmethod
    def stocked(cls, goods: dict[str, tuple[int, int]], wallets: dict[str, int], **fields: Any) -> Shop:
        """A shop with goods as {name: (price, pieces)} and these wallets."""
        pieces = {name: count for name, (_, count) in goods.items()}
        products = {name: Product(price=price) for name, (price, _) in goods.items()}
        return cls(
            products=products, stock=pieces, supplied=dict(pieces), sold=dict.fromkeys(pieces, 0), wallets=wallets, **fields
        )

    # --- what can be chosen ---

    def customers(self, actor: str) -> list[str]:
        """The accounts with a wallet as which this person may buy."""
        return [each for each in self.may_write(actor) if each in self.wallets]

    def for_sale(self, actor: str) -> list[str]:
        """What is in stock, for somebody with a wallet."""
        return [name for name, left in self.stock.items() if left > 0] if self.customers(actor) else []

    def cancellable(self, actor: str) -> list[str]:
        """The orders of this person that haven't been sent."""
        return self._orders(actor, "ordered")

    def receivable(self, actor: str) -> list[str]:
        """The orders of this person that are on their way."""
        return self._orders(actor, "sent")

    def returnable(self, actor: str) -> list[str]:
        """The orders that this person may pay back."""
        return self._all_orders(("ordered", "sent", "received")) if self.works_here(actor, "admin") else []

    def sendable(self, actor: str) -> list[str]:
        """The orders that this person may send."""
        return self._all_orders(("ordered",)) if self.works_here(actor, "write") else []

    def goods(self, actor: str) -> list[str]:
        """The products of which this person may take more in."""
        return list(self.products) if self.works_here(actor, "write") else []

    def priced(self, actor: str) -> list[str]:
        """The products whose price this person may set."""
        return list(self.products) if self.works_here(actor, "admin") else []

    def runs_shop(self, actor: str) -> bool:
        """Whether this person decides what is sold."""
        return self.works_here(actor, "admin")

    # --- what can be done ---

    @action(when="customers")
    def order_goods(
        self,
        actor: Person,
        product: Annotated[str, OneOf("for_sale")],
        count: Annotated[int, Ge(1)] = 1,
        account: Annotated[str, OneOf("customers")] = "",
    ) -> str:
        """Order something in the online shop and pay for it."""
        buyer = self.acting_as(actor, account or self.customers(actor)[0])
        price = self.products[product].price * count
        if self.stock[product] < count:
            self.refuse(f"the shop has only {self.stock[product]} {product}")
        if self.wallets[buyer] < price:
            self.refuse(f"{count} {product} cost {price}, and {buyer} has only {self.wallets[buyer]}")
        self.count += 1
        self.stock[product] -= count
        self.sold[product] += count
        self.wallets[buyer] -= price
        self.till += price
        key = f"order {self.count}"
        order = Order(id=key, product=product, count=count, paid=price, time=self.now)
        self.orders.setdefault(buyer, {})[key] = order
        self.inform(buyer, f"{buyer} has ordered {count} {product} for {price} ({key}).")
        return f"{actor} orders something online."

    @action(when="cancellable")
    def cancel_order(self, actor: Person, order: Annotated[str, OneOf("cancellable")]) -> str:
        """Cancel an order that hasn't been sent yet, and get the money back."""
        self._pay_back(*self._find(order))
        return f"{actor} cancels an order."

    @action(when="sendable")
    def send_order(self, actor: Person, order: Annotated[str, OneOf("sendable")]) -> str:
        """Send a customer what was ordered."""
        buyer, found = self._find(order)
        found.status = "sent"
        self.inform(buyer, f"{order} of {buyer} is on its way: {found.count} {found.product}.")
        return f"{actor} sends an order."

    @action(when="receivable")
    def confirm_delivery(self, actor: Person, order: Annotated[str, OneOf("receivable")]) -> str:
        """Say that an order has arrived."""
        _, found = self._find(order)
        found.status = "received"
        return f"{actor} unpacks a parcel."

    @action(when="returnable")
    def refund_order(self, actor: Person, order: Annotated[str, OneOf("returnable")]) -> str:
        """Take back what a customer bought, and pay the money back."""
        self._pay_back(*self._find(order))
        return f"{actor} pays an order back."

    @action(when="goods")
    def take_delivery(
        self, actor: Person, product: Annotated[str, OneOf("goods")], count: Annotated[int, Ge(1), Le(10_000)]
    ) -> str:
        """Take in goods that a supplier has brought."""
        self.stock[product] += count
        self.supplied[product] += count
        return f"{actor} takes in {count} {product} from a supplier."

    @action(when="priced")
    def set_price(
        self, actor: Person, product: Annotated[str, OneOf("priced")], price: Annotated[int, Ge(0), Le(1_000_000)]
    ) -> str:
        """Set the price of something in the shop."""
        self.products[product].price = price
        return f"{actor} sets the price of {product} to {price}."

    @action(when="runs_shop")
    def add_product(
        self,
        actor: Person,
        name: Annotated[str, MaxLen(40)],
        price: Annotated[int, Ge(0), Le(1_000_000)],
        description: Annotated[str, MaxLen(300)] = "",
    ) -> str:
        """Put something new on sale, of which none is in stock yet."""
        check_name(name)
        if name in self.products:
            self.refuse(f"the shop sells {name} already")
        self.products[name] = Product(price=price, description=description)
        self.stock[name] = self.supplied[name] = self.sold[name] = 0
        return f"{actor} puts {name} on sale for {price}."

    # --- what is seen ---

    def works_here(self, actor: str, level: Level) -> bool:
        """Whether one of this person's accounts is staff so far."""
        held = [self.staff[each] for each in self.may_write(actor) if each in self.staff]
        return any(LEVELS.index(each) >= LEVELS.index(level) for each in held)

    def view(self, account: str) -> list[str]:
        goods = [f"{name} at {each.price} ({self.stock[name]} left)" for name, each in self.products.items()]
        lines = [f"{account} has {self.wallets[account]} to spend."] if account in self.wallets else []
        lines.append(
            "On sale: "
            + (", ".join(goods[:_SHOWN]) or "nothing")
            + (f" and {len(goods) - _SHOWN} more." if len(goods) > _SHOWN else ".")
        )
        orders = list(self.orders.get(account, {}).values())
        lines += [f"- {each.id}: {each.count} {each.product}, {each.status}." for each in orders[: -_SHOWN - 1 : -1]]
        if len(orders) > _SHOWN:
            lines.append(f"- and {len(orders) - _SHOWN} older orders.")
        if account in self.staff:
            lines.append(f"In the till: {self.till}. To be sent: {', '.join(self._all_orders(('ordered',))[:10]) or 'nothing'}.")
        return lines

    def view_data(self, account: str) -> dict[str, Any]:
        return {
            "money": self.wallets.get(account),
            "products": {name: {"price": each.price, "left": self.stock[name]} for name, each in self.products.items()},
            "orders": [each.model_dump() for each in list(self.orders.get(account, {}).values())[-50:]],
        }

    def documents(self, account: str) -> Iterator[Document]:
        for each in reversed(list(self.orders.get(account, {}).values())):
            yield Document(where="shop", source=each.id, text=f"{each.count} {each.product}, {each.status}", time=each.time)
        for name, each in self.products.items():
            yield Document(where="shop", source=f"{name} at {each.price}", text=f"{name}. {each.description}")

    # --- inside ---

    def _orders(self, actor: str, status: str) -> list[str]:
        found = [each for account in self.may_write(actor) for each in self.orders.get(account, {}).values()]
        return [each.id for each in reversed(found) if each.status == status]

    def _all_orders(self, statuses: tuple[str, ...]) -> list[str]:
        return [each.id for orders in self.orders.values() for each in orders.values() if each.status in statuses]

    def _find(self, order: str) -> tuple[str, Order]:
        for account, orders in self.orders.items():
            if order in orders:
                return account, orders[order]
        self.refuse(f"there is no order called {order}")

    def _pay_back(self, buyer: str, order: Order) -> None:
        self.stock[order.product] += order.count
        self.sold[order.product] -= order.count
        self.wallets[buyer] += order.paid
        self.till -= order.paid
        self.inform(buyer, f"{order.id} of {buyer} is cancelled; {order.paid} came back.")
        order.count, order.paid, order.status = 0, 0, "refunded"

    @invariant
    def every_product_has_its_books(self) -> str | None:
        """Of each product, what is in stock and what was sold are what was supplied."""
        for name in self.products:
            stock, sold, supplied = (books.get(name, 0) for books in (self.stock, self.sold, self.supplied))
            if stock + sold != supplied:
                return f"{stock} {name} in stock and {sold} sold would not be the {supplied} that were supplied"
        return None
