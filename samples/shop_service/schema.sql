-- What the service needs. May be run again: it changes nothing that is there.
create table if not exists products (
    id bigint generated always as identity primary key,
    name text not null,
    price_cents bigint not null,
    stock bigint not null,
    constraint products_name_key unique (name),
    constraint products_price_check check (price_cents >= 0),
    constraint products_stock_check check (stock >= 0)
);

create table if not exists orders (
    id bigint generated always as identity primary key,
    product bigint not null,
    quantity bigint not null,
    customer text not null,
    total_cents bigint not null,
    ordered_at timestamptz not null default now(),
    constraint orders_product_fkey foreign key (product) references products,
    constraint orders_quantity_check check (quantity > 0)
);

-- A trigger, so that an order is announced whoever makes it. It arrives when the order can be seen, or not at all.
create or replace function announce_order() returns trigger language plpgsql as $$
begin
    perform pg_notify('orders', json_build_object(
        'id', new.id, 'product', new.product,
        'product_name', (select name from products where id = new.product),
        'quantity', new.quantity, 'customer', new.customer, 'total_cents', new.total_cents,
        'ordered_at', to_char(new.ordered_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))::text);
    return null;
end $$;
create or replace trigger announce_order after insert on orders for each row execute function announce_order();

-- For the load tests /db, /queries and /updates.
create table if not exists world (id int primary key, randomnumber int not null);
insert into world select i, 1 + floor(random() * 10000) from generate_series(1, 10000) i on conflict do nothing;
